using System.Text;
using System.Text.Json;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;
using ToolRuntime.ToolExecutions;

namespace ToolRuntime.Grains.Tests.Sessions;

/// <summary>Of long output the log keeps the first megabyte and the last three of each stream, whatever comes between.</summary>
public sealed class OutputEmptyingTests
{
    private const int Chunk = 60_000;
    private const int First = 1 << 20;
    private const int Last = 3 << 20;
    private static readonly SessionKey Key = SessionCluster.Key("s1");

    [Fact]
    public async Task Output_LongerThanWhatIsKept_LosesItsMiddleAndKeepsItsEnd()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var (batch, execution) = await RunAsync(cluster);
        await WriteAsync(cluster, execution, OutputStream.Stderr, 0, 3);
        await WriteAsync(cluster, execution, OutputStream.Stdout, 0, 120);
        await cluster.UntilAsync(() => Task.FromResult(Emptied(cluster) > 0));
        var live = await ViewAsync(cluster);

        await cluster.DoAsync(new CancelBatch(batch));
        await cluster.UntilAsync(() => Task.FromResult(Kept(cluster, OutputStream.Stdout) <= First + Last + (2 * Chunk)));

        var (stdout, stderr) = (await DetailsAsync(cluster, execution, "stdout"), await DetailsAsync(cluster, execution, "stderr"));
        var text = stdout.GetProperty("text").GetString()!;
        var gap = Assert.Single(stdout.GetProperty("gaps").EnumerateArray().ToArray());
        Assert.Equal(120 * Chunk, text.Length + gap.GetProperty("bytes").GetInt32());
        Assert.Equal(gap.GetProperty("bytes").GetInt32(), stdout.GetProperty("dropped").GetInt32());
        Assert.InRange(gap.GetProperty("at").GetInt32(), First, First + Chunk);
        Assert.InRange(text.Length - gap.GetProperty("at").GetInt32(), Last, Last + Chunk);
        Assert.Equal(0, gap.GetProperty("at").GetInt32() % Chunk);
        Assert.StartsWith(Line(0), text, StringComparison.Ordinal);
        Assert.EndsWith(Line(119), text, StringComparison.Ordinal);
        Assert.Equal((3 * Chunk, false), (stderr.GetProperty("text").GetString()!.Length, stderr.TryGetProperty("gaps", out _)));
        Assert.Equal(Enumerable.Range(1, cluster.Log.Entries(Key).Count), cluster.Log.Entries(Key).Select(e => (int)e.Event.Seq));
        var ended = (await ViewAsync(cluster)).GetProperty("executions").GetProperty(execution);
        Assert.Equal(live.GetProperty("executions").GetProperty(execution).GetProperty("output").GetRawText(), ended.GetProperty("output").GetRawText());
        Assert.Equal((123 * Chunk, (120 * Chunk) - First - Last), (ended.GetProperty("metrics").GetProperty("outputBytes").GetInt32(), ended.GetProperty("metrics").GetProperty("droppedBytes").GetInt32()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Output_EmptyingCutOff_IsDoneByTheNextActivationAndChangesNoView(bool partly)
    {
        await using var cluster = await SessionCluster.StartAsync(sessions: options => options.SnapshotEvery = 100_000);
        var (_, execution) = await RunAsync(cluster);
        var done = 0;
        cluster.Log.BeforeErase = () => partly && done++ == 0 ? Task.CompletedTask : throw new SessionLogUnavailableException("The process dies here.");
        await WriteAsync(cluster, execution, OutputStream.Stdout, 0, 130);
        var before = await ViewAsync(cluster);
        Assert.Equal(partly, Emptied(cluster) > 0);
        cluster.Log.BeforeErase = null;

        await cluster.RestartAsync();
        await cluster.Journal().RecoverAsync();
        await cluster.UntilAsync(() => Task.FromResult(Kept(cluster, OutputStream.Stdout) <= First + Last + (2 * Chunk)));

        var after = await ViewAsync(cluster);
        Assert.Equal(Output(before, execution), Output(after, execution));
        var text = (await DetailsAsync(cluster, execution, "stdout")).GetProperty("text").GetString()!;
        Assert.EndsWith(Line(129), text, StringComparison.Ordinal);
        Assert.StartsWith(Line(0), text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_ShorterThanWhatIsKept_StaysWhole()
    {
        await using var cluster = await SessionCluster.StartAsync();
        var (batch, execution) = await RunAsync(cluster);
        await WriteAsync(cluster, execution, OutputStream.Stdout, 0, 69);

        await cluster.DoAsync(new CancelBatch(batch));

        var stdout = await DetailsAsync(cluster, execution, "stdout");
        Assert.Equal((69 * Chunk, false), (stdout.GetProperty("text").GetString()!.Length, stdout.TryGetProperty("gaps", out _)));
        Assert.Equal(0, Emptied(cluster));
    }

    private static string Line(int i) => $"{i:D6}{new string((char)('a' + (i % 26)), Chunk - 7)}\n";

    private static async Task<(string Batch, string Execution)> RunAsync(SessionCluster cluster)
    {
        var watch = await cluster.WatchAsync();
        var run = await cluster.DoAsync(new RunTools([new("plain", JsonText.EmptyObject)]));
        await watch.NextAsync<ToolStarted>();
        return (run.GetProperty("batchId").GetString()!, run.GetProperty("executionIds")[0].GetString()!);
    }

    private static async Task WriteAsync(SessionCluster cluster, string execution, OutputStream stream, int from, int count)
    {
        for (var i = from; i < from + count; i++)
        {
            var reply = await cluster.Journal().ReportExecutionAsync(execution, new ExecutionOutput(1, stream, (long)i * Chunk, Encoding.UTF8.GetBytes(Line(i)), 0));
            Assert.True(reply.Applied);
        }
    }

    private static IEnumerable<ToolOutput> Outputs(SessionCluster cluster) => cluster.Log.Entries(Key).Select(e => SessionEncoding.Decode(e).Event).OfType<ToolOutput>();

    private static int Emptied(SessionCluster cluster) => Outputs(cluster).Count(o => o is { Text: null, Dropped: Chunk });

    private static int Kept(SessionCluster cluster, OutputStream stream) => Outputs(cluster).Where(o => o.Stream == stream).Sum(o => o.Text?.Length ?? 0);

    private static async Task<JsonElement> ViewAsync(SessionCluster cluster) =>
        JsonElement.Parse((await cluster.Session().OpenAsync(SessionCluster.Alice)).Value!.View.Span);

    private static string Output(JsonElement view, string execution) => view.GetProperty("executions").GetProperty(execution).GetProperty("output").GetRawText();

    private static async Task<JsonElement> DetailsAsync(SessionCluster cluster, string execution, string stream) =>
        (await cluster.Session().GetExecutionAsync(execution, SessionCluster.Alice)).Value.ToElement().GetProperty("output").GetProperty(stream);
}
