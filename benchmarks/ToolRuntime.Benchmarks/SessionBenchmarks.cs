using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using ToolRuntime.Events;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;

namespace ToolRuntime.Benchmarks;

/// <summary>What an event costs on its way through a session and a gateway, in a session that keeps as much as it may.</summary>
public class SessionBenchmarks
{
    private readonly FrameBuffer buffer = new();
    private readonly byte[] prefix = EventFrames.Prefix("session", "0123456789abcdef");
    private SessionState state = null!;
    private ToolOutput output = null!;
    private readonly ReaderFrame frame = new() { After = 10, Seq = 12, Check = "0123abcd" };

    [GlobalSetup]
    public void Prepare()
    {
        state = SampleSession.With(batches: 50);
        output = SampleSession.Output("bat_49", 64);
        frame.Events.AddRange([.. Encode(output).Select(entry => entry.Event), .. Encode(output).Select(entry => entry.Event)]);
    }

    /// <summary>Applies one event.</summary>
    [Benchmark]
    public object Fold() => SampleSession.Apply(state, output, null);

    /// <summary>One event to the bytes that are stored, published and sent.</summary>
    [Benchmark]
    public object EncodeEvent() => Encode(output);

    /// <summary>The whole state to a snapshot's bytes.</summary>
    [Benchmark]
    public object Snapshot() => SessionReplay.Save(state);

    /// <summary>A frame of two events.</summary>
    [Benchmark]
    public int Frame()
    {
        buffer.Clear();
        EventFrames.Write(buffer, prefix, frame);
        return buffer.Length;
    }

    private static ImmutableArray<LogEntry> Encode(ToolOutput happened) => SessionEncoding.Encode([(happened, null)]);
}
