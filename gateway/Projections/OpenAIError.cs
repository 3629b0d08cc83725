using System.Globalization;
using System.Text.Json;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Silo.Hosting;

namespace ToolRuntime.Gateway.Projections;

/// <summary>Why something failed, in OpenAI's shape: <c>{"error": {message, type, param, code, ..}}</c>. The code is ours, the status and the type are what their clients go by.</summary>
/// <param name="Status">The HTTP status, where nothing has been sent yet.</param>
/// <param name="Code">An <see cref="ErrorCode"/> as on the wire, or a code of <see cref="ToolErrorCodes"/>.</param>
/// <param name="Message">For a person.</param>
/// <param name="Retryable">Whether the same request may succeed later.</param>
internal sealed record OpenAIError(int Status, string Code, string Message, bool Retryable)
{
    private const string Folder = "/openai";

    public string? Param { get; init; }

    public long? RetryAfterMs { get; init; }

    /// <summary>Theirs for the kind of error.</summary>
    public string Type => Status switch
    {
        StatusCodes.Status401Unauthorized => "authentication_error",
        StatusCodes.Status403Forbidden => "permission_error",
        StatusCodes.Status429TooManyRequests => "rate_limit_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };

    /// <summary>Whether who asks is a client of theirs.</summary>
    public static bool IsFor(HttpRequest request) => request.Path.StartsWithSegments(Folder);

    public static OpenAIError Of(Rejection rejection, int? status = null) =>
        new(status ?? ErrorMapper.ToStatus(rejection.Code), JsonNamingPolicy.SnakeCaseLower.ConvertName(rejection.Code.ToString()), rejection.Message, rejection.Retryable)
        {
            Param = rejection.Details?.ToElement() is { ValueKind: JsonValueKind.Object } details && details.TryGetProperty("param", out var param) ? param.GetString() : null,
            RetryAfterMs = rejection.RetryAfterMs,
        };

    /// <summary>How a reply failed.</summary>
    public static OpenAIError Of(ToolError error)
    {
        var status = error.Code == ToolErrorCodes.ModelRejected ? StatusCodes.Status400BadRequest
            : error.Retryable ? StatusCodes.Status503ServiceUnavailable
            : StatusCodes.Status500InternalServerError;
        return new(status, error.Code, error.Message, error.Retryable) { RetryAfterMs = error.RetryAfterMs };
    }

    /// <summary>A field of a request can't be as it is.</summary>
    public static Rejection Refuse(string? param, string message, ErrorCode code = ErrorCode.InvalidCommand) =>
        new(code, message, Details: param is null ? null : JsonText.Object(writer => writer.WriteString("param", param)));

    /// <summary>Answers a request that nothing has been said to.</summary>
    public Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        if (RetryAfterMs is { } wait) context.Response.Headers.RetryAfter = Math.Max(1, (wait + 999) / 1_000).ToString(CultureInfo.InvariantCulture);
        // Their clients repeat what ends so by themselves, unless they are told.
        if (!Retryable && Status is StatusCodes.Status409Conflict or >= 500) context.Response.Headers["x-should-retry"] = "false";
        return JsonAnswer.WriteAsync(context, Write);
    }

    /// <summary>Writes the member <c>error</c>.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("error");
        writer.WriteString("message", Message);
        writer.WriteString("type", Type);
        writer.WriteString("param", Param);
        writer.WriteString("code", Code);
        writer.WriteBoolean("retryable", Retryable);
        if (RetryAfterMs is { } wait) writer.WriteNumber("retryAfterMs", wait);
        writer.WriteEndObject();
    }
}
