using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Telemetry;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Http;

/// <summary>Reads the JSON of a POST.</summary>
internal static class RequestBody
{
    /// <summary>The whole body, or why it is not taken.</summary>
    public static async Task<SessionReply<byte[]>> ReadAsync(HttpContext context, ConnectionOptions limits, int? most = null)
    {
        if (WhyNotReadable(context.Request) is { } unreadable) return new(null, unreadable);
        var limit = Math.Min(limits.MaxCommandBytes, most ?? int.MaxValue);
        if (context.Request.ContentLength > limit) return new(null, TooLarge(limit));
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await ReadAsync(reader, context.RequestAborted);
            var body = read.Buffer.Length <= limit && read.IsCompleted ? read.Buffer.ToArray() : null;
            var tooLarge = read.Buffer.Length > limit;
            reader.AdvanceTo(body is null && !tooLarge ? read.Buffer.Start : read.Buffer.End, read.Buffer.End);
            if (tooLarge) return new(null, TooLarge(limit));
            if (body is null) continue;
            context.Features.Get<WireTap>()?.Received(body);
            return new(body, null);
        }
    }

    /// <summary>The command's id: the header <c>Idempotency-Key</c>, or else a new one; null where the key is not usable.</summary>
    public static string? CommandId(HttpContext context)
    {
        if (!context.Request.Headers.TryGetValue("Idempotency-Key", out var key)) return EntityId.New("http");
        return EntityId.IsValid(key) ? key.ToString() : null;
    }

    /// <summary>Whether a refusal is about how the body is written; its status is 415.</summary>
    public static bool IsAboutType(Rejection rejection) => rejection == WrongType || rejection == Encoded;

    private static Rejection WrongType { get; } = new(ErrorCode.InvalidCommand, "The body must be application/json, in UTF-8.");

    private static Rejection Encoded { get; } = new(ErrorCode.InvalidCommand, "The body must not be compressed: no Content-Encoding is understood.");

    public static Rejection UnusableKey => new(ErrorCode.InvalidCommand, "The Idempotency-Key is not usable: [A-Za-z0-9][A-Za-z0-9._-]{0,63}.");

    /// <summary>A chunk's size beyond every number is the only fault of a body that the server throws as something else than the client's mistake.</summary>
    private static async ValueTask<ReadResult> ReadAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken);
        }
        catch (IOException exception) when (exception is not (BadHttpRequestException or ConnectionResetException))
        {
            throw new BadHttpRequestException("The body is malformed.", exception);
        }
    }

    private static Rejection TooLarge(int limit) => new(ErrorCode.TooLarge, $"A command has at most {limit} bytes.");

    private static Rejection? WhyNotReadable(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Any(coding => !string.Equals(coding, "identity", StringComparison.OrdinalIgnoreCase))) return Encoded;
        if (!request.HasJsonContentType()) return WrongType;
        var charset = request.GetTypedHeaders().ContentType?.Charset.Value?.Trim('"');
        return string.IsNullOrEmpty(charset) || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || charset.Equals("utf8", StringComparison.OrdinalIgnoreCase) ? null : WrongType;
    }
}
