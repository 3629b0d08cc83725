using System.Buffers;
using System.Text;
using ToolRuntime.Gateway.Recordings;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Tests.Recordings;

/// <summary>Events at times of the test's, and what a format makes of them.</summary>
internal sealed class Recorded
{
    private static readonly DateTimeOffset Begun = new(2026, 1, 31, 9, 30, 0, TimeSpan.Zero);

    private readonly List<EncodedEvent> events = [];

    public Recorded Add(int ms, string type, string fields)
    {
        var at = Begun.AddMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'");
        events.Add(new(events.Count + 1, type, null, Encoding.UTF8.GetBytes($$"""{"seq":{{events.Count + 1}},"at":"{{at}}","type":"{{type}}",{{fields}}}""")));
        return this;
    }

    public Recorded Plan(int ms, string id = "x1", string arguments = """{"command":"ls -l"}""") =>
        Add(ms, "batch.started", $$"""
            "batchId":"b1","tools":[{"executionId":"{{id}}","name":"shell","arguments":{{arguments}}}]
            """.Trim());

    public Recorded Output(int ms, string content, string id = "x1", string stream = "stdout") =>
        Add(ms, "tool.output", $$"""
            "executionId":"{{id}}","attempt":1,"stream":"{{stream}}",{{content}}
            """.Trim());

    public Recorded End(int ms, string id = "x1") => Add(ms, "tool.completed", $$$"""
        "executionId":"{{{id}}}","attempt":1,"summary":"exit 0","result":{"exitCode":0}
        """.Trim());

    /// <summary>The lines of a recording of an execution, or of the session.</summary>
    public string[] As(string format, string? execution = "x1")
    {
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        context.Request.QueryString = new($"?format={format}");
        var buffer = new ArrayBufferWriter<byte>();
        var writer = RecordingFormat.Of(context.Request)!.Open(new("s1", execution, "e", events.Count), buffer);
        foreach (var happened in events) writer.Take(happened);
        writer.End();
        return Encoding.UTF8.GetString(buffer.WrittenSpan).TrimEnd('\n').Split('\n');
    }
}
