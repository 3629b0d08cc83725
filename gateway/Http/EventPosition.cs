using System.Globalization;
using ToolRuntime.Gateway.Sessions;

namespace ToolRuntime.Gateway.Http;

/// <summary>Positions in event streams as text: <c>epoch:seq</c>, or <c>epoch:seq:check</c> for clients that ask for checks or have given one.</summary>
internal static class EventPosition
{
    /// <summary>Why a request's position can't be used.</summary>
    public static Rejection Malformed => new(ErrorCode.InvalidCommand, "The position is neither start nor epoch:seq, with or without its check.");

    /// <summary>Where <c>Last-Event-ID</c>, or else <c>after</c>, says to begin; nothing is a snapshot.</summary>
    public static bool TryRead(HttpRequest request, out OpenFrom from)
    {
        var text = TextOf(request);
        from = OpenFrom.Snapshot;
        if (string.IsNullOrEmpty(text)) return true;
        if (text == "start")
        {
            from = OpenFrom.Start;
            return true;
        }

        if (text.Split(':') is not [{ Length: > 0 } epoch, var number, .. { Length: <= 1 } check]) return false;
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var seq)) return false;
        from = OpenFrom.After(new(epoch, seq, check is [var given] ? given : null));
        return true;
    }

    /// <summary>Whether the ids of events are to hold their checks: only for who says so, since others may read them as <c>epoch:seq</c>.</summary>
    public static bool WantsCheck(HttpRequest request) => request.Query["checks"].FirstOrDefault() == "true" || TextOf(request)?.Split(':').Length == 3;

    public static string Format(string epoch, long seq, string? check) =>
        string.Create(CultureInfo.InvariantCulture, $"{epoch}:{seq}{(check is null ? "" : ":")}{check}");

    private static string? TextOf(HttpRequest request) => request.Headers["Last-Event-ID"].FirstOrDefault() ?? request.Query["after"].FirstOrDefault();
}
