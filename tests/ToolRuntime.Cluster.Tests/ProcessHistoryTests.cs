using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using ToolRuntime.Cluster.Tests.Support;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.Cluster.Tests;

/// <summary>What processes took on two silos, told by a gateway that holds none.</summary>
public sealed class ProcessHistoryTests
{
    /// <summary>So many that hardly ever one of two silos has none.</summary>
    private const int Sessions = 12;

    [Fact]
    public async Task History_OfProcessesOnBothSilos_IsOne()
    {
        await using var cluster = await TestCluster.StartAsync("--ToolRuntime:ProcessHistory:StepSeconds", "1");
        using var http = new HttpClient { BaseAddress = await cluster.Gateways[1].Listening, Timeout = Limits.Timeout };
        for (var i = 0; i < Sessions; i++)
        {
            using var run = await http.PostAsJsonAsync(new Uri("/v1/tools/execute", UriKind.Relative), new { session = $"s{i}", tool = "shell", arguments = new { command = "exec sleep 4000" }, mode = "async" });
            run.EnsureSuccessStatusCode();
        }

        // A curve has a step once that is over.
        var read = await UntilAsync(http, read => Running(read).Count == Sessions && Most(read, "total") >= Executions(read).Sum(each => Most(each, "series")) / 2);
        Assert.Equal(2, read.GetProperty("silos").GetInt32());
        Assert.False(read.TryGetProperty("missing", out _));
        Assert.All(Executions(read), each => Assert.InRange(Most(each, "series"), 1, Most(read, "total")));

        using var deleted = await http.PostAsJsonAsync(new Uri("/v1/sessions/s3/commands", UriKind.Relative), new { id = "d1", type = "session.delete" });
        deleted.EnsureSuccessStatusCode();
        read = await UntilAsync(http, read => Running(read).Count == Sessions - 1);
        Assert.DoesNotContain("s3", Running(read));
    }

    private static async Task<JsonElement> UntilAsync(HttpClient http, Func<JsonElement, bool> holds)
    {
        using var limit = new CancellationTokenSource(Limits.Timeout);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (true)
        {
            var from = DateTimeOffset.UtcNow.AddMinutes(-1).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
            var read = JsonElement.Parse(await http.GetStringAsync(new Uri($"/v1/processes/history?top=50&from={from}", UriKind.Relative), limit.Token));
            if (holds(read)) return read;
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    /// <summary>Sessions with a process that has been measured.</summary>
    private static HashSet<string> Running(JsonElement read) =>
        [.. Executions(read).Where(each => each.TryGetProperty("now", out var now) && now.GetProperty("processes").GetInt32() > 0).Select(each => each.GetProperty("session").GetString()!)];

    private static JsonElement.ArrayEnumerator Executions(JsonElement read) => read.GetProperty("executions").EnumerateArray();

    /// <summary>The most memory of a curve; 0 while it has no step.</summary>
    private static double Most(JsonElement of, string curves) => of.GetProperty(curves).EnumerateArray().Where(series => series.GetProperty("name").GetString() == "memory")
        .SelectMany(series => series.GetProperty("runs").EnumerateArray()).SelectMany(run => run.GetProperty("values").EnumerateArray()).Select(value => value.GetDouble()).Append(0).Max();
}
