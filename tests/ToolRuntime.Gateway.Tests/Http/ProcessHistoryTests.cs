using System.Net;
using System.Text.Json;
using ToolRuntime.Gateway.Tests.Security;

namespace ToolRuntime.Gateway.Tests.Http;

/// <summary><c>GET /v1/processes/history</c>, on the whole server and with real processes.</summary>
public sealed class ProcessHistoryTests
{
    private const string Busy = "while :; do :; done";
    private const string Loud = "while :; do head -c 100000 /dev/zero | tr '\\\\0' x; sleep 0.1; done";

    private static readonly TestKey Ann = new("ann1", "acme", "ann");
    private static readonly TestKey Bob = new("bob1", "acme", "bob");
    private static readonly TestKey Chief = new("chief1", "acme", "chief") { Scopes = ["sessions:read", "sessions:all"] };
    private static readonly TestKey Other = new("other1", "else", "ann") { Scopes = ["sessions:read", "sessions:all"] };

    [Fact]
    public async Task Get_WhileProcessesRun_HasWhatEachTakesAndAllTogether()
    {
        await using var world = await StartAsync();
        await RunAsync(world, Busy, "async");
        await RunAsync(world, Loud, "async");
        JsonElement busy = default, loud = default, read = default;
        await WireAssert.EventuallyAsync(async () =>
        {
            read = await ReadAsync(world, Ann);
            var executions = Executions(read);
            if (executions.Count != 2) return false;
            (busy, loud) = Number(executions[0], "outputBytes") == 0 ? (executions[0], executions[1]) : (executions[1], executions[0]);
            return Number(busy, "cpuMs") > 500 && Number(loud, "outputBytes") > 200_000 && Curve(busy, "cpu").Count > 1 && Curve(loud, "output").Any(rate => rate > 50_000);
        });

        Assert.Equal(("work", "shell"), (Text(busy, "session"), Text(busy, "tool")));
        Assert.InRange(Curve(busy, "cpu").Max(), 0.1, Environment.ProcessorCount + 1);
        Assert.All(Curve(busy, "output"), rate => Assert.Equal(0, rate));
        Assert.True(Curve(busy, "memory").Max() > 100_000);
        Assert.True(busy.GetProperty("now").GetProperty("processes").GetInt32() >= 1);
        Assert.False(busy.TryGetProperty("endedAt", out _));
        Assert.True(Curve(read.GetProperty("total"), "cpu").Max() > 0.1);
        Assert.True(Curve(read.GetProperty("total"), "output").Max() > 50_000);
        Assert.True(Number(read, "silos") == 1 && !read.TryGetProperty("missing", out _));
    }

    [Fact]
    public async Task Get_ProcessThatRanBetweenTwoSamples_HasAllThatItTook()
    {
        await using var world = await StartAsync(("ProcessHistory:StepSeconds", 300));
        await RunAsync(world, "python3 -c 'import time\\nend = time.process_time() + 0.3\\nwhile time.process_time() < end: pass\\nprint(\\\"x\\\" * 5000)'; exit 3");

        var execution = Assert.Single(Executions(await ReadAsync(world, Ann)));

        Assert.True(Number(execution, "cpuMs") >= 300);
        Assert.Equal((5_001, 3), (Number(execution, "outputBytes"), Number(execution, "exitCode")));
        Assert.True(Number(execution, "memoryBytes") > 1_000_000);
        Assert.True(execution.TryGetProperty("endedAt", out _));
    }

    [Fact]
    public async Task Get_Ends_HaveHowTheyCameAbout()
    {
        await using var world = await StartAsync();
        await RunAsync(world, "exit 3");
        await RunAsync(world, "kill -9 $$");
        await RunAsync(world, "true");

        var read = await ReadAsync(world, Ann);
        var exits = read.GetProperty("exits").EnumerateArray().ToList();

        Assert.Equal(["completed", "failed", "failed"], exits.Select(exit => Text(exit, "outcome")));
        Assert.Equal([0L, 137, 3], exits.Select(exit => Number(exit, "exitCode")));
        Assert.Equal(("SIGKILL", "exit_code", "work"), (Text(exits[1], "signal"), Text(exits[1], "code"), Text(exits[1], "session")));
        Assert.Equal(Executions(read).Select(each => Text(each, "executionId")).Order(), exits.Select(exit => Text(exit, "executionId")).Order());
        await WireAssert.EventuallyAsync(async () =>
        {
            var counted = await ReadAsync(world, Chief);
            var (total, seconds) = (counted.GetProperty("total"), Number(counted, "stepMs") / 1_000);
            return Math.Round(Curve(total, "exits").Sum() * seconds) == 3 && Math.Round(Curve(total, "failures").Sum() * seconds) == 2;
        });
    }

    [Fact]
    public async Task Get_NamedProcessThatComesBack_IsARestart()
    {
        await using var world = await StartAsync();
        await RunAsync(world, "true");
        const string Definition = """{"command":"exit 4","restart":{"policy":"on_failure","maxRestarts":2,"backoffMs":100,"maxBackoffMs":100}}""";
        using (var http = Http(world, Ann))
        using (var put = HttpCaller.Post("/v1/sessions/work/named-processes/web?start=true", Definition))
        {
            put.Method = HttpMethod.Put;
            Assert.Equal(HttpStatusCode.OK, (await http.SendAsync(put)).StatusCode);
        }

        JsonElement read = default;
        await WireAssert.EventuallyAsync(async () =>
        {
            read = await ReadAsync(world, Ann);
            return read.GetProperty("exits").EnumerateArray().Count(exit => exit.TryGetProperty("named", out _)) == 3;
        });

        var restarts = read.GetProperty("restarts").EnumerateArray().ToList();
        Assert.Equal(
            [("process", "web", 4L, 2L), ("process", "web", 4L, 1L)],
            restarts.Select(each => (Text(each, "kind"), Text(each, "named"), Number(each, "exitCode"), Number(each, "number"))));
        Assert.Equal(2, restarts.Select(each => Text(each, "executionId")).Distinct().Count());
        Assert.Equal(3, Executions(read).Count(each => each.TryGetProperty("named", out var name) && name.GetString() == "web"));
    }

    [Fact]
    public async Task Get_AttemptThatIsFollowed_IsARetry()
    {
        await using var world = await StartAsync();
        await RunAsync(world, "sleep 4000", more: ",\"idempotent\":true,\"timeoutMs\":1000");

        var read = await ReadAsync(world, Ann);

        var retries = read.GetProperty("restarts").EnumerateArray().ToList();
        Assert.NotEmpty(retries);
        Assert.All(retries, retry => Assert.Equal(("retry", "attempt_timeout", "shell"), (Text(retry, "kind"), Text(retry, "code"), Text(retry, "tool"))));
        Assert.Equal("timed_out", Text(read.GetProperty("exits").EnumerateArray().Single(), "outcome"));
        Assert.Single(Executions(read));
    }

    [Fact]
    public async Task Get_ByOthers_HasNothingOfSessionsThatTheyMayNotRead()
    {
        await using var world = await StartAsync();
        await RunAsync(world, "exit 3");
        await WireAssert.EventuallyAsync(async () => Curve((await ReadAsync(world, Chief)).GetProperty("total"), "exits").Sum() > 0);

        foreach (var (key, query) in ((TestKey, string)[])[(Bob, ""), (Other, ""), (Ann, "?session=elsewhere")])
        {
            var read = await ReadAsync(world, key, query);
            Assert.Empty(Executions(read));
            Assert.Empty(read.GetProperty("exits").EnumerateArray());
            Assert.All(read.GetProperty("total").EnumerateArray().SelectMany(series => Values(series)), value => Assert.Equal(0, value));
        }

        foreach (var (key, query) in ((TestKey, string)[])[(Chief, ""), (Ann, "?session=work"), (Ann, "")])
        {
            var read = await ReadAsync(world, key, query);
            Assert.Single(Executions(read));
            Assert.True(Curve(read.GetProperty("total"), "failures").Sum() > 0);
        }
    }

    [Fact]
    public async Task Get_AfterTheSessionWasDeleted_HasNothingOfItButTheSum()
    {
        await using var world = await StartAsync();
        await RunAsync(world, "exit 3");
        await WireAssert.EventuallyAsync(async () => Curve((await ReadAsync(world, Chief)).GetProperty("total"), "exits").Sum() > 0);
        using (var http = Http(world, Ann))
        using (var delete = HttpCaller.Post("/v1/sessions/work/commands", """{"id":"d1","type":"session.delete"}"""))
        {
            Assert.Equal(HttpStatusCode.OK, (await http.SendAsync(delete)).StatusCode);
        }

        var read = await ReadAsync(world, Chief);

        Assert.Empty(Executions(read));
        Assert.Empty(read.GetProperty("exits").EnumerateArray());
        Assert.True(Curve(read.GetProperty("total"), "exits").Sum() > 0);
    }

    [Theory]
    [InlineData("?top=0")]
    [InlineData("?top=51")]
    [InlineData("?top=some")]
    [InlineData("?from=yesterday")]
    [InlineData("?step=0")]
    [InlineData("?top=50&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z&step=10")]
    public async Task Get_WhatIsNoQuestionOrTooMuch_IsRefused(string query)
    {
        await using var world = await StartAsync();
        using var http = Http(world, Ann);

        using var answer = await http.GetAsync(new Uri($"/v1/processes/history{query}", UriKind.Relative));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("invalid_command", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static Task<RealWorld> StartAsync(params (string, object)[] settings) =>
        RealWorld.StartAsync(settings: [.. settings.UnionBy([("ProcessHistory:StepSeconds", (object)1)], setting => setting.Item1), .. TestKey.Settings(Ann, Bob, Chief, Other)]);

    private static async Task RunAsync(RealWorld world, string command, string mode = "sync", string more = "")
    {
        using var http = Http(world, Ann);
        var body = $$"""{"session":"work","tool":"shell","arguments":{"command":"{{command}}"{{more}}},"mode":"{{mode}}"}""";
        using var request = HttpCaller.Post("/v1/tools/execute", body);
        using var response = await http.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode || response.StatusCode is HttpStatusCode.UnprocessableEntity or HttpStatusCode.GatewayTimeout, await response.Content.ReadAsStringAsync());
    }

    private static async Task<JsonElement> ReadAsync(RealWorld world, TestKey key, string query = "")
    {
        using var http = Http(world, key);
        return JsonElement.Parse(await http.GetStringAsync(new Uri($"/v1/processes/history{query}", UriKind.Relative)));
    }

    /// <summary>In the order in which they were begun.</summary>
    private static List<JsonElement> Executions(JsonElement read) => [.. read.GetProperty("executions").EnumerateArray().OrderBy(each => Text(each, "startedAt"), StringComparer.Ordinal)];

    private static List<double> Curve(JsonElement of, string name)
    {
        var all = of.ValueKind == JsonValueKind.Array ? of : of.GetProperty("series");
        return [.. all.EnumerateArray().Where(series => Text(series, "name") == name).SelectMany(Values)];
    }

    private static IEnumerable<double> Values(JsonElement series) =>
        series.GetProperty("runs").EnumerateArray().SelectMany(run => run.GetProperty("values").EnumerateArray().Select(value => value.GetDouble()));

    private static long Number(JsonElement of, string name) => of.GetProperty(name).GetInt64();

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;

    private static HttpClient Http(RealWorld world, TestKey key)
    {
        var http = world.Http();
        http.DefaultRequestHeaders.Authorization = new("Bearer", key.Token);
        return http;
    }
}
