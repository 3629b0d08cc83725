using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;
using Orleans.TestingHost;

namespace ToolRuntime.Engine.Tests.Skeleton;

[GenerateSerializer, Immutable, Alias("toolruntime.JobEnded")]
public sealed record JobEnded(int Attempt, string Outcome, string Json);

[Alias("toolruntime.IJobGrain")]
public interface IJobGrain : IGrainWithStringKey
{
    [Alias("Start")]
    Task Start(CancellationToken cancellationToken = default);

    [Alias("Report")]
    Task Report(JobEnded ended);
}

public interface ITool
{
    Task<string> ExecuteAsync(string key, CancellationToken cancellationToken);
}

[GenerateSerializer, Alias("toolruntime.JobState")]
public sealed class JobState
{
    [Id(0)]
    public int Attempt { get; set; }

    [Id(1)]
    public JobEnded? End { get; set; }
}

[GrainType("job")]
public sealed class JobGrain([PersistentState("job", "store")] IPersistentState<JobState> store, ITool tool) : Grain, IJobGrain, IRemindable, IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private bool running;

    public async Task Start(CancellationToken cancellationToken)
    {
        if (store.State.Attempt > 0)
            return;
        await this.RegisterOrUpdateReminder("recovery", TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5));
        await RunAttempt();
    }

    public async Task Report(JobEnded ended)
    {
        if (ended.Attempt != store.State.Attempt || store.State.End is not null)
            return;
        store.State.End = ended;
        await store.WriteStateAsync();
        if (await this.GetReminder("recovery") is { } reminder)
            await this.UnregisterReminder(reminder);
        await this.GetStreamProvider("session-events").GetStream<JobEnded>(StreamId.Create("job", this.GetPrimaryKeyString())).OnNextAsync(ended);
        DeactivateOnIdle();
    }

    public Task ReceiveReminder(string reminderName, TickStatus status) => running || store.State.End is not null ? Task.CompletedTask : RunAttempt();

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => stop.CancelAsync();

    public void Dispose() => stop.Dispose();

    private async Task RunAttempt()
    {
        running = true;
        var attempt = ++store.State.Attempt;
        await store.WriteStateAsync();
        this.RegisterGrainTimer(
            static (job, _) => job.grain.Report(new(job.attempt, "timeout", "{}")),
            (grain: this, attempt),
            new(TimeSpan.FromMinutes(1), Timeout.InfiniteTimeSpan));
        DelayDeactivation(TimeSpan.FromMinutes(5));
        var (self, key, cancellation) = (this.AsReference<IJobGrain>(), this.GetPrimaryKeyString(), stop.Token);
        using (ExecutionContext.SuppressFlow())
            _ = Task.Run(async () => await self.Report(new(attempt, "ok", await tool.ExecuteAsync(key, cancellation))), CancellationToken.None);
    }
}

public sealed class SkeletonTests
{
    [Fact]
    public async Task Start_ToolAnswers_EndIsPublished()
    {
        var tool = new FakeTool();
        await using var cluster = await DeployAsync(tool, TimeProvider.System);
        var ended = await SubscribeAsync(cluster, "t/s/1");

        await cluster.Client.GetGrain<IJobGrain>("t/s/1").Start();
        tool.Answer("t/s/1", "{\"n\":1}");

        Assert.Equal(new JobEnded(1, "ok", "{\"n\":1}"), await ended.Task.WaitAsync(Waits.Long));
    }

    [Fact]
    public async Task Start_ToolIsSilent_TimerReportsTimeout()
    {
        var clock = new ManualTimeProvider();
        await using var cluster = await DeployAsync(new FakeTool(), clock);
        var ended = await SubscribeAsync(cluster, "t/s/2");

        await cluster.Client.GetGrain<IJobGrain>("t/s/2").Start();
        clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("timeout", (await ended.Task.WaitAsync(Waits.Long)).Outcome);
    }

    private static async Task<InProcessTestCluster> DeployAsync(ITool tool, TimeProvider clock)
    {
        var builder = new InProcessTestClusterBuilder(1)
            .ConfigureClient(client => client.AddMemoryStreams("session-events"))
            .ConfigureSiloHost((_, host) =>
            {
                host.Services.AddSingleton(tool);
                host.Services.AddSingleton(clock);
                host.Services.UseTimeProviderForBackgroundAreas(TimeProvider.System);
            })
            .ConfigureSilo((_, silo) => silo
                .AddMemoryGrainStorage("store")
                .AddMemoryGrainStorage("PubSubStore")
                .AddMemoryStreams("session-events")
                .UseInMemoryReminderService());
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return cluster;
    }

    private static async Task<TaskCompletionSource<JobEnded>> SubscribeAsync(InProcessTestCluster cluster, string key)
    {
        var ended = new TaskCompletionSource<JobEnded>(TaskCreationOptions.RunContinuationsAsynchronously);
        await cluster.Client.GetStreamProvider("session-events").GetStream<JobEnded>(StreamId.Create("job", key))
            .SubscribeAsync((item, _) =>
            {
                ended.TrySetResult(item);
                return Task.CompletedTask;
            });
        return ended;
    }

    private sealed class FakeTool : ITool
    {
        private readonly ConcurrentDictionary<string, TaskCompletionSource<string>> answers = new();

        public Task<string> ExecuteAsync(string key, CancellationToken cancellationToken) => Of(key).Task.WaitAsync(cancellationToken);

        public void Answer(string key, string json) => Of(key).SetResult(json);

        private TaskCompletionSource<string> Of(string key) => answers.GetOrAdd(key, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
    }
}
