"""Pages that belong to no app: settings, liveness, errors."""

from django.http import HttpResponse


def settings_page(request):
    return HttpResponse()


def healthz(request):
    return HttpResponse("ok")


def bad_request(request, exception):
    return HttpResponse(status=400)
