using System.Diagnostics;
using System.Text.Json;
using ToolRuntime.Load.Client;
using ToolRuntime.Load.Figures;

namespace ToolRuntime.Load.Scenarios;

internal sealed class ProcessFeed() : Scenario("process-feed", "500 sleeping processes of a tool; what an idle server costs, and what one costs whose processes somebody watches, each second")
{
    private const int Sleepers = 500;

    public override Place Places => Place.Process;

    public override async Task RunAsync(ScenarioRun run)
    {
        await run.StartServerAsync();
        var session = await run.OpenSessionAsync("sleepers");
        var seconds = (int)(60 + (2 * run.Options.Duration.TotalSeconds));
        var sleeping = session.RunAsync(Calls.Shell($"for i in $(seq {Sleepers}); do sleep {seconds} & done; wait", timeoutMs: 600_000));
        await CountAsync(run);

        var idle = await CostAsync(run);
        using var stop = new CancellationTokenSource();
        var (own, watched) = (WatchAsync(run, "/v1/processes", stop.Token), await CostAsync(run));
        await stop.CancelAsync();
        await own;
        using var ended = new CancellationTokenSource();
        var (all, hosts) = (WatchAsync(run, "/v1/processes?host=true", ended.Token), await CostAsync(run));
        await ended.CancelAsync();
        await all;
        run.Single("processor time without the feed, of one core", idle, "%");
        run.Single("processor time with the tools' processes watched, of one core", watched, "%");
        run.Single("what the feed adds to it", watched - idle, "%", atMost: 3);
        run.Single("what the feed of all of the host adds", hosts - idle, "%", atMost: 3);
        (await sleeping).Successful(1);
    }

    private static async Task<double> CostAsync(ScenarioRun run)
    {
        await Task.Delay(3_000); // what begins costs more
        var (server, since) = (run.Server.CpuTime, Stopwatch.GetTimestamp());
        await Task.Delay(run.Options.Duration);
        return 100 * (run.Server.CpuTime - server) / Stopwatch.GetElapsedTime(since);
    }

    private static async Task CountAsync(ScenarioRun run)
    {
        using var http = new HttpClient { BaseAddress = Http(run) };
        while (true)
        {
            using var document = JsonDocument.Parse(await http.GetStringAsync(new Uri("/v1/processes", UriKind.Relative)));
            if (document.RootElement.GetProperty("processes").GetArrayLength() > Sleepers) return;
            await Task.Delay(200);
        }
    }

    private static async Task WatchAsync(ScenarioRun run, string path, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = Http(run) };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Add(new("text/event-stream"));
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            await (await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(cancellationToken)).CopyToAsync(Stream.Null, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // watched for long enough
        }
    }

    private static Uri Http(ScenarioRun run) => new UriBuilder(run.Server.Sockets[0]) { Scheme = "http", Path = "/" }.Uri;
}
