using System.Globalization;
using System.Text.Json;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Projections;

namespace ToolRuntime.Gateway.Http;

/// <summary>Writes <c>{"error": {..}}</c> with the fitting status, to clients of another protocol in its shape.</summary>
internal static class HttpErrors
{
    public static Task WriteAsync(HttpContext context, Rejection rejection, int? status = null)
    {
        context.Response.StatusCode = status ?? (RequestBody.IsAboutType(rejection) ? StatusCodes.Status415UnsupportedMediaType : ErrorMapper.ToStatus(rejection.Code));
        if (OpenAIError.IsFor(context.Request)) return OpenAIError.Of(rejection, context.Response.StatusCode).WriteAsync(context);
        if (context.Response.StatusCode == StatusCodes.Status415UnsupportedMediaType) context.Response.Headers.AcceptEncoding = "identity";
        if (rejection.RetryAfterMs is { } wait) context.Response.Headers.RetryAfter = Math.Max(1, (wait + 999) / 1_000).ToString(CultureInfo.InvariantCulture);
        return HttpJson.WriteAsync(context, writer =>
        {
            writer.WritePropertyName("error");
            JsonSerializer.Serialize(writer, rejection, WireJsonContext.Default.Rejection);
        });
    }
}
