from django.urls import path

from reports import card_views as views

urlpatterns = [
    path("reports/<int:year>/cards/", views.card_prints, name="card_prints"),
    path("prints/<uuid:public_id>/", views.print_job, name="print_job"),
    path("prints/<uuid:public_id>/file/", views.print_file, name="print_file"),
    path("prints/<uuid:public_id>/again/", views.print_again, name="print_again"),
    path("me/<int:year>/card.pdf", views.my_card_pdf, name="my_card_pdf"),
    path("report-cards/<int:year>/<uuid:public_id>/card.pdf", views.card_pdf, name="card_pdf"),
]
