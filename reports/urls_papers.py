from django.urls import path

from reports import certificate_views, circular_views, name_list_views

urlpatterns = [
    path("reports/<int:year>/circular/", circular_views.circular, name="circular"),
    path("reports/<int:year>/circular.pdf", circular_views.circular_pdf_file, name="circular_pdf"),
    path("reports/<int:year>/circular.docx", circular_views.circular_docx_file, name="circular_docx"),
    path("reports/<int:year>/circular/versions/", circular_views.circular_versions, name="circular_versions"),
    path("reports/<int:year>/names/", name_list_views.names, name="names"),
    path("reports/<int:year>/names.pdf", name_list_views.names_pdf_file, name="names_pdf"),
    path("reports/<int:year>/names.docx", name_list_views.names_docx_file, name="names_docx"),
    path("reports/<int:year>/certificates/", certificate_views.certificates_page, name="certificates"),
    path("reports/<int:year>/certificates.pdf", certificate_views.certificates_pdf_file, name="certificates_pdf"),
    path("reports/<int:year>/certificates.docx", certificate_views.certificates_docx_file, name="certificates_docx"),
]
