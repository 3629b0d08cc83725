using System.Diagnostics;

namespace ToolRuntime.Tools.Tests.Sandboxes;

/// <summary>A command that a stand-in's session really runs, with its log: lines, each with the mark of its stream.</summary>
internal sealed class StandInCommand : IDisposable
{
    private readonly Process process;
    private readonly Lock gate = new();
    private readonly List<byte> log = [];
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StandInCommand(string command, string folder)
    {
        var start = new ProcessStartInfo("setsid", ["bash", "-c", command]) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        process = Process.Start(start)!;
        Ended = RunAsync();
    }

    public string Id { get; } = Guid.NewGuid().ToString();

    public int? ExitCode { get; private set; }

    /// <summary>Done when the log is whole and the exit code recorded.</summary>
    public Task Ended { get; }

    public async Task SendAsync(string data)
    {
        await process.StandardInput.WriteAsync(data);
        await process.StandardInput.FlushAsync();
    }

    /// <summary>What the log holds from a place on; waits for more of it, and is empty at its end.</summary>
    public async Task<byte[]> ReadAsync(int from, int most, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task more;
            lock (gate)
            {
                if (log.Count > from) return [.. log.Skip(from).Take(most)];
                if (ExitCode is not null) return [];
                more = changed.Task;
            }

            await more.WaitAsync(cancellationToken);
        }
    }

    public void Kill()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
    }

    public void Dispose()
    {
        Kill();
        process.Dispose();
    }

    private async Task RunAsync()
    {
        await Task.WhenAll(LabelAsync(process.StandardOutput.BaseStream, 1), LabelAsync(process.StandardError.BaseStream, 2));
        await process.WaitForExitAsync();
        Change(() => ExitCode = process.ExitCode);
    }

    // Line by line: NUL characters are lost, and a last line gets an end.
    private async Task LabelAsync(Stream stream, byte mark)
    {
        var (line, block) = (new List<byte>(), new byte[64 * 1024]);
        while (await stream.ReadAsync(block) is var read and > 0)
        {
            foreach (var b in block.AsSpan(0, read).ToArray())
            {
                if (b != 0) line.Add(b);
                if (b == '\n') Flush();
            }
        }

        if (line.Count == 0) return;
        line.Add((byte)'\n');
        Flush();

        void Flush()
        {
            Change(() => log.AddRange([mark, mark, mark, .. line]));
            line.Clear();
        }
    }

    private void Change(Action change)
    {
        lock (gate)
        {
            change();
            changed.TrySetResult();
            changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
