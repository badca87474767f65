from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = "委员与账号"

    def ready(self):
        from members import delivery, signin

        signin.connect()
        delivery.channels()  # a name that leads nowhere stops the start
