"""Read the parameters of a request for flask-smorest, and turn what is wrong into a 422."""

from typing import Any

import marshmallow as ma
from flask import Request, request
from webargs.flaskparser import FlaskParser

from api.requests.parameters import Parameters, parameters_of


class QueryParser(FlaskParser):
    """Read query parameters: unknown ones, repeated ones and broken text are errors."""

    def parse(self, argmap: Any, req: Request | None = None, **_: Any) -> Any:
        """Give the validated parameters as values."""
        return self.parameters(argmap, req or request).arguments

    def parameters(self, schema: type[ma.Schema], req: Request) -> Parameters:
        """Give the parameters of a request; any that is wrong is a 422."""
        try:
            return parameters_of(schema, req.query_string)
        except ma.ValidationError as error:
            error.messages = {"query": error.messages}
            self.handle_error(error, req, schema(), error_status_code=None, error_headers=None)


PARSER = QueryParser()
