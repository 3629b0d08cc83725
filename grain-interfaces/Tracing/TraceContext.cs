using System.Buffers;
using System.Diagnostics;

namespace ToolRuntime.Tracing;

/// <summary>
/// A W3C trace context, and the activities of this system. Their source is <c>ToolRuntime</c>: <c>command</c> at the gateway, and below it
/// <c>chat</c>, one for each time that a model is asked, and <c>execute_tool</c>, one for each attempt. Nothing is made while nobody listens,
/// but for a trace that its client records.
/// </summary>
public static class TraceContext
{
    /// <summary>Under which a <c>traceparent</c> travels with a grain call.</summary>
    public const string Key = "traceparent";

    private const int Length = 55;
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    /// <summary>Where activities come from.</summary>
    public static ActivitySource Source { get; } = new("ToolRuntime");

    /// <summary>The <c>traceparent</c> in the form of version 00, or null: what is malformed counts as absent, as W3C says.</summary>
    public static string? Normalize(string? traceparent) => TryParse(traceparent, out var context)
        ? $"00-{context.TraceId}-{context.SpanId}-{(context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? "01" : "00")}"
        : null;

    /// <summary>Begins an activity below <paramref name="traceparent"/>; null while nobody listens.</summary>
    public static Activity? Start(string name, ActivityKind kind, string? traceparent)
    {
        if (!Source.HasListeners()) return null;
        if (TryParse(traceparent, out var parent)) return Source.StartActivity(name, kind, parent);
        // What nobody records, such as a request's activity that is there for the log, is no parent.
        if (Activity.Current is { } current && !current.Source.HasListeners()) Activity.Current = null;
        return Source.StartActivity(name, kind);
    }

    /// <summary>
    /// The same, and where nobody listens here, what is called still learns of a trace that its client records: the activity is there to be
    /// passed on, and is told nobody.
    /// </summary>
    public static Activity? StartOrPass(string name, ActivityKind kind, string? traceparent)
    {
        if (Source.HasListeners()) return Start(name, kind, traceparent);
        if (traceparent is null || !TryParse(traceparent, out var parent)) return null;
        if (!parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)) return null;
        return new Activity(name).SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags).Start();
    }

    /// <summary>What to tell those who are called now; null where the trace is not recorded.</summary>
    public static string? Outgoing => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Recorded: true } current ? current.Id : null;

    /// <summary>The trace's id, in hexadecimal digits; null without a well-formed <paramref name="traceparent"/>.</summary>
    public static string? IdOf(string? traceparent) => TryParse(traceparent, out var context) ? context.TraceId.ToHexString() : null;

    private static bool TryParse(string? text, out ActivityContext context)
    {
        context = default;
        if (text is null || text.Length < Length || !Separated(text) || !IsHex(text.AsSpan(0, 2)) || text.StartsWith("ff", StringComparison.Ordinal)) return false;
        // A later version may say more behind another hyphen.
        if (text.Length > Length && (text.StartsWith("00", StringComparison.Ordinal) || text[Length] != '-')) return false;
        var trace = text.AsSpan(3, 32);
        var span = text.AsSpan(36, 16);
        var flags = text.AsSpan(53, 2);
        if (!IsHex(trace) || !IsHex(span) || !IsHex(flags) || !trace.ContainsAnyExcept('0') || !span.ContainsAnyExcept('0')) return false;
        var sampled = (Convert.ToByte(flags.ToString(), 16) & 1) == 1;
        context = new(ActivityTraceId.CreateFromString(trace), ActivitySpanId.CreateFromString(span), sampled ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None, isRemote: true);
        return true;
    }

    private static bool Separated(string text) => text[2] == '-' && text[35] == '-' && text[52] == '-';

    private static bool IsHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Hex);
}
