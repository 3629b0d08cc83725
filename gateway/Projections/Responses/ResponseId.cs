using System.Globalization;

namespace ToolRuntime.Gateway.Projections.Responses;

/// <summary>
/// A response is what happens to a reply in its session from some event on: <c>resp_&lt;reply&gt;_&lt;start&gt;_&lt;from&gt;_&lt;session&gt;</c>. Nothing about it is kept elsewhere.
/// </summary>
/// <param name="Session">The session.</param>
/// <param name="Reply">The reply.</param>
/// <param name="Start">Where the reply's events begin.</param>
/// <param name="From">Where the response's do: later where it goes on after an earlier one, that ended by asking for approvals.</param>
internal sealed record ResponseId(string Session, string Reply, long Start, long From)
{
    private const string Prefix = "resp_";
    private const string ReplyPrefix = "msg_";

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Reply[ReplyPrefix.Length..]}_{Start}_{From}_{Session}");

    /// <summary>Null for what is no such id.</summary>
    public static ResponseId? Parse(string text) =>
        text.StartsWith(Prefix, StringComparison.Ordinal) && text[Prefix.Length..].Split('_', 4) is [var reply, var start, var from, var session]
        && EntityId.IsValid(ReplyPrefix + reply) && EntityId.IsValid(session) && Number(start) is { } begin && Number(from) is { } first && first >= begin
            ? new(session, ReplyPrefix + reply, begin, first)
            : null;

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
