using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using ToolRuntime.EndToEnd.Tests.Support;
using Xunit.Abstractions;

namespace ToolRuntime.EndToEnd.Tests;

/// <summary>
/// Programs that take all they can end as clear errors, and every call of other sessions beside them succeeds. How long those take is printed; the load generator's scenario <c>bombs</c> has a
/// bound for it.
/// </summary>
public sealed class BombTests(ITestOutputHelper output)
{
    private const int Others = 3;
    private const int Alone = 10;

    private static readonly (string Name, string Error, string Needs, string Program)[] Bombs =
    [
        ("fork-bomb", "process_limit", "processes", "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"),
        ("memory-hog", "memory_limit", "memoryBytes", "kept = []\nwhile True: kept.append(bytearray(1 << 20))"),
        ("disk-filler", "workspace_full", "workspaceBytes", "i = 0\nwhile True:\n    i += 1\n    open(f'f{i}', 'wb').write(bytes(1 << 20))"),
    ];

    [Fact]
    public async Task Run_ForkBombMemoryHogDiskFiller_EndAsErrorsAndOthersGoOn()
    {
        await using var server = await TestServer.StartAsync(
            "--ToolRuntime:Processes:MaxProcesses", "64", "--ToolRuntime:Processes:MaxMemoryBytes", "134217728", "--ToolRuntime:Processes:MaxWorkspaceBytes", "134217728");
        var held = (await server.GetJsonAsync("/v1/tools")).GetProperty("tools").EnumerateArray().Single(tool => tool.GetProperty("name").GetString() == "code").GetProperty("isolation");
        await using var client = await server.ConnectAsync();
        var others = new List<SessionRecord>();
        for (var i = 0; i < Others; i++) others.Add(await client.OpenAsync($"other-{i}"));
        Tell("alone", await RoundsAsync(left => left < Alone));

        foreach (var (name, error, needs, program) in Bombs)
        {
            // Without the controller nothing would end it but its time-out.
            if (!held.TryGetProperty(needs, out _)) continue;
            var record = await client.OpenAsync(name);
            var bomb = client.RunAsync(record, "code", new() { ["source"] = program });

            var took = await RoundsAsync(_ => !bomb.IsCompleted);

            Assert.Equal((name, error), (name, (await bomb).ErrorCode));
            Tell($"beside a {name}", took);
            record.Verify();
        }

        foreach (var record in others) record.Verify();

        // Each session's calls one after the other, as long as there is something to be beside of.
        async Task<double[]> RoundsAsync(Func<int, bool> more) => [.. (await Task.WhenAll(others.Select(async record =>
        {
            var took = new List<double>();
            do
            {
                var from = Stopwatch.GetTimestamp();
                foreach (var (tool, arguments) in ((string, JsonObject)[])[("shell", new() { ["command"] = "echo hello" }), ("file_write", new() { ["path"] = "hello.md", ["content"] = "# hello" })])
                {
                    var end = await client.RunAsync(record, tool, arguments);
                    Assert.True(end.Type == "tool.completed", end.Raw);
                }

                took.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
            }
            while (more(took.Count));
            return took;
        }))).SelectMany(took => took).Order()];
    }

    private void Tell(string when, double[] took)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"echo and file_write {when}: n {took.Length}, p50 {took[took.Length / 2]:0} ms, p99 {took[(int)(took.Length * 0.99)]:0} ms");
        output.WriteLine(line);
        Console.WriteLine(line);
    }
}
