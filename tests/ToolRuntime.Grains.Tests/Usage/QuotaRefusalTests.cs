using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime.Hosting;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Tools;
using ToolRuntime.Usage;

namespace ToolRuntime.Grains.Tests.Usage;

/// <summary>What sessions make of quotas.</summary>
public sealed class QuotaRefusalTests
{
    private static readonly Dictionary<string, object?> NoArguments = [];
    private readonly SharedStates states = new();

    [Fact]
    public async Task Run_OverTheQuota_FailsBeforeItBegins()
    {
        await using var cluster = await StartAsync(("Quotas:User:Tools:plain:Day:Calls", 2));
        var watch = await cluster.WatchAsync();
        await cluster.DoAsync(new RunTools([Call("plain"), Call("plain"), Call("plain"), Call("again")]));
        await EndAllAsync(cluster, watch);

        var seen = await watch.UntilAsync(e => e is BatchCompleted);

        var failed = Assert.Single(seen.OfType<ToolFailed>());
        Assert.Equal((ToolErrorCodes.QuotaExceeded, false, null), (failed.Error.Code, failed.Error.Retryable, failed.Attempt));
        Assert.InRange(failed.Error.RetryAfterMs!.Value, 1, 86_400_000);
        Assert.Equal("user_tool", failed.Error.Details!.Value.ToElement().GetProperty("scope").GetString());
        Assert.Equal(3, seen.OfType<ToolStarted>().Count());
        Assert.DoesNotContain(seen.OfType<ToolStarted>(), started => started.ExecutionId == failed.ExecutionId);
        Assert.Equal((3, 1), seen.OfType<BatchCompleted>().Select(end => (end.Successful, end.Failed)).Single());
    }

    [Fact]
    public async Task Send_ModelCallsATool_IsToldOfTheQuota()
    {
        await using var cluster = await StartAsync(("Quotas:Tenant:Day:Calls", 1));
        cluster.Models.Script((_, asked, _) => asked == 0
            ? FakeModels.Calls(("c0", "plain", NoArguments), ("c1", "plain", NoArguments))
            : FakeModels.Says("Sorry."));
        var watch = await cluster.WatchAsync();
        await cluster.DoAsync(new SendMessage("go"));
        await EndAllAsync(cluster, watch);
        await watch.NextAsync<MessageCompleted>();

        var results = cluster.Models.Prompts[1].SelectMany(message => message.Contents).OfType<FunctionResultContent>()
            .Select(result => result.Result!.ToString()!).ToArray();
        var refusal = Assert.Single(results, result => result.Contains("quota_exceeded", StringComparison.Ordinal));
        Assert.Contains("1 of 1 calls a day", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WaitsForApproval_CountsWhenItBegins()
    {
        await using var cluster = await StartAsync(("Quotas:User:Day:Calls", 1));
        var watch = await cluster.WatchAsync();
        await cluster.DoAsync(new RunTools([Call("asks")]));
        var asked = await watch.NextAsync<ToolApprovalRequired>();
        await cluster.UntilAsync(async () => await CallsAsync(cluster) == 0);

        await cluster.DoAsync(new ApproveTool(asked.ExecutionId!));
        cluster.Tool("asks").End(asked.ExecutionId!, ToolResult.Success(JsonText.EmptyObject, "done"));
        await watch.NextAsync<BatchCompleted>();
        Assert.Equal(1, await CallsAsync(cluster));

        await cluster.DoAsync(new RunTools([Call("asks")]));
        var seen = await watch.UntilAsync(e => e is BatchFailed); // and nobody was asked
        Assert.DoesNotContain(seen, e => e is ToolApprovalRequired);
    }

    [Fact]
    public async Task Run_NoQuotas_IsCounted()
    {
        await using var cluster = await StartAsync();
        var watch = await cluster.WatchAsync();
        await cluster.DoAsync(new RunTools([Call("plain"), Call("plain")]));
        var tools = (await watch.NextAsync<BatchStarted>()).Tools;
        cluster.Tool("plain").End(tools[0].ExecutionId, ToolResult.Success(JsonText.EmptyObject, "done"));
        cluster.Tool("plain").End(tools[1].ExecutionId, ToolResult.Failure(new("bad", "It failed.")));
        await watch.NextAsync<BatchCompleted>();

        await cluster.UntilAsync(async () => await CallsAsync(cluster) == 2);

        var row = Assert.Single((await StatementAsync(cluster)).Rows);
        Assert.Equal(("plain", 1L, 0L), (row.Tool, row.Figures.Failures, row.Figures.Retries));
    }

    private Task<SessionCluster> StartAsync(params (string Name, object Value)[] settings)
    {
        settings = [.. settings, ("Quotas:Patience", "00:01:00")];
        var named = settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value.ToString()));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(named).Build();
        return SessionCluster.StartAsync(more: Add);

        void Add(IHostApplicationBuilder host)
        {
            host.Services.AddUsage(configuration);
            host.Services.AddGrainStorage(GrainStates.Storage, (_, _) => states);
        }
    }

    private static ToolInvocation Call(string tool) => new(tool, JsonText.EmptyObject);

    /// <summary>Has the calls of the next batch succeed as soon as they run.</summary>
    private static async Task EndAllAsync(SessionCluster cluster, EventsWatch watch)
    {
        foreach (var tool in (await watch.NextAsync<BatchStarted>()).Tools)
        {
            cluster.Tool(tool.Name).End(tool.ExecutionId, ToolResult.Success(JsonText.EmptyObject, "done"));
        }
    }

    private static Task<UsageStatement> StatementAsync(SessionCluster cluster) =>
        cluster.Grains.GetGrain<IUsageGrain>(UsageKey.At("acme", "alice", DateTimeOffset.UtcNow).ToString()).GetAsync();

    private static async Task<long> CallsAsync(SessionCluster cluster)
    {
        await cluster.Services(cluster.Silos[0]).GetRequiredService<UsageLedger>().FlushAsync();
        return (await StatementAsync(cluster)).Rows.Sum(row => row.Figures.Calls);
    }
}
