"""Password rules whose sentences Django does not have in Chinese."""

from django.contrib.auth.password_validation import MinimumLengthValidator


class LongEnough(MinimumLengthValidator):
    def get_error_message(self):
        return f"密码太短，至少要 {self.min_length} 个字符。可以用几个词连起来，好记又安全。"

    def get_help_text(self):
        return f"密码至少 {self.min_length} 个字符。"
