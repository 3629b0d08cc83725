namespace ToolRuntime.Gateway.Http;

/// <summary><c>GET /v1/openapi.json</c>: the description of the HTTP interface, written by hand and tested against the routes.</summary>
internal static class OpenApiDocument
{
    private const string Resource = "openapi.json";

    public static async Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        await using var document = Open();
        await document.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    public static Stream Open() =>
        typeof(OpenApiDocument).Assembly.GetManifestResourceStream(Resource)
        ?? throw new InvalidOperationException("The document is not part of this build.");
}
