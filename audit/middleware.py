"""Give each request an id and let the acts it opens know their route."""

import uuid

from audit.actions import Request, request_context


class ActionContextMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.id = uuid.uuid4().hex
        with request_context(Request(route=f"{request.method} {request.path}"[:200], request_id=request.id)):
            response = self.get_response(request)
        response["X-Request-ID"] = request.id
        return response
