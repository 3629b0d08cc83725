using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging;

namespace ToolRuntime.Tools.Mcp;

/// <summary>
/// Passes what a server prints to its stderr to our log: line by line, without secrets, no line longer than 2,000 bytes, at most 50 lines
/// in ten seconds.
/// </summary>
internal sealed partial class StderrLog(string server, IRedactor redactor, TimeProvider time, ILogger logger)
{
    private const int MaxLine = 2_000;
    private const int MaxLines = 50;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly ArrayBufferWriter<byte> line = new(MaxLine);
    private long windowStart = time.GetTimestamp();
    private int lines, leftOut;

    /// <summary>Reads to the end. Never throws.</summary>
    public async Task PumpAsync(Stream errors)
    {
        var buffer = new byte[4 * 1024];
        try
        {
            while (await errors.ReadAsync(buffer) is var read and > 0) Take(buffer.AsSpan(0, read));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The process is gone.
        }

        EndLine();
        if (leftOut > 0) LogLeftOut(server, leftOut);
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        while (bytes.IndexOf((byte)'\n') is var end and >= 0)
        {
            Add(bytes[..end]);
            EndLine();
            bytes = bytes[(end + 1)..];
        }

        Add(bytes);
    }

    private void Add(ReadOnlySpan<byte> bytes) => line.Write(bytes[..Math.Min(bytes.Length, MaxLine - line.WrittenCount)]);

    private void EndLine()
    {
        var text = Encoding.UTF8.GetString(line.WrittenSpan).TrimEnd();
        line.ResetWrittenCount();
        if (text.Length == 0) return;
        if (time.GetElapsedTime(windowStart) > Window)
        {
            if (leftOut > 0) LogLeftOut(server, leftOut);
            (windowStart, lines, leftOut) = (time.GetTimestamp(), 0, 0);
        }

        if (++lines > MaxLines) leftOut++;
        else LogLine(server, string.Concat(redactor.Redact(text).Select(c => char.IsControl(c) ? ' ' : c)));
    }

    [LoggerMessage(5301, LogLevel.Information, "MCP server {Server} says: {Line}")]
    private partial void LogLine(string server, string line);

    [LoggerMessage(5302, LogLevel.Warning, "{Count} lines that MCP server {Server} printed were left out.")]
    private partial void LogLeftOut(string server, int count);
}
