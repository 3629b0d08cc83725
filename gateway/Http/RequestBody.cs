using System.Buffers;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Http;

/// <summary>Reads the JSON of a POST.</summary>
internal static class RequestBody
{
    /// <summary>The whole body, or why it is not taken.</summary>
    public static async Task<SessionReply<byte[]>> ReadAsync(HttpContext context, ConnectionOptions limits)
    {
        if (!context.Request.HasJsonContentType()) return new(null, WrongType);
        var limit = limits.MaxCommandBytes;
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            var body = read.Buffer.Length <= limit && read.IsCompleted ? read.Buffer.ToArray() : null;
            var tooLarge = read.Buffer.Length > limit;
            reader.AdvanceTo(body is null && !tooLarge ? read.Buffer.Start : read.Buffer.End, read.Buffer.End);
            if (tooLarge) return new(null, new(ErrorCode.TooLarge, $"A command has at most {limit} bytes."));
            if (body is not null) return new(body, null);
        }
    }

    /// <summary>The command's id: the header <c>Idempotency-Key</c>, or else a new one; null where the key is not usable.</summary>
    public static string? CommandId(HttpContext context)
    {
        if (!context.Request.Headers.TryGetValue("Idempotency-Key", out var key)) return EntityId.New("http");
        return EntityId.IsValid(key) ? key.ToString() : null;
    }

    /// <summary>Refuses what is no JSON; its status is 415.</summary>
    public static Rejection WrongType { get; } = new(ErrorCode.InvalidCommand, "The body must be application/json.");

    public static Rejection UnusableKey => new(ErrorCode.InvalidCommand, "The Idempotency-Key is not usable: [A-Za-z0-9][A-Za-z0-9._-]{0,63}.");
}
