using System.Buffers;

namespace ToolRuntime.Gateway.Recordings;

/// <summary>What a recording is sent as: the parameter <c>format</c>.</summary>
/// <param name="Name">As the address has it.</param>
/// <param name="ContentType">Of the answer.</param>
/// <param name="Extension">Of the file that it is saved as; null where it is not for saving.</param>
/// <param name="Open">Makes its writer.</param>
/// <param name="IsMoment">Whether it is only what a view at its head needs.</param>
internal sealed record RecordingFormat(
    string Name, string ContentType, string? Extension, Func<RecordingSubject, IBufferWriter<byte>, IRecordingWriter> Open, bool IsMoment = false)
{
    private static readonly RecordingFormat[] All =
    [
        new("cast", "application/x-asciicast", "cast", (subject, buffer) => new RecordingScript(subject, new CastSink(buffer))),
        new("text", "text/plain; charset=utf-8", "txt", (subject, buffer) => new RecordingScript(subject, new TextSink(buffer))),
        new("events", "application/x-ndjson", null, (subject, buffer) => new EventLinesWriter(subject, buffer)),
    ];

    public static Rejection Unknown => new(ErrorCode.InvalidCommand, "format is none of cast, text and events.");

    /// <summary>The events up to the moment that is asked for, and of them those that a view then needs.</summary>
    private static readonly RecordingFormat Moment =
        new("events", "application/x-ndjson", null, (subject, buffer) => new MomentWriter(new EventLinesWriter(subject, buffer)), IsMoment: true);

    /// <summary>The one that is asked for, <c>cast</c> by default; null for one that there is not.</summary>
    public static RecordingFormat? Of(HttpRequest request) =>
        request.Query.TryGetValue("format", out var name) ? Array.Find(All, format => format.Name == name) : All[0];

    /// <summary>What it is sent as where only a moment, <c>at</c>, is asked for; null where there is none of that format.</summary>
    public RecordingFormat? At => Name == "events" ? Moment : null;
}
