using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.GrainDirectory;
using Orleans.Reminders;
using Orleans.Runtime.Hosting;
using Orleans.Streams;
using Orleans.TestingHost;
using ToolRuntime.Commands;
using ToolRuntime.Hosting;
using ToolRuntime.Jobs;
using ToolRuntime.Models;
using ToolRuntime.Placement;
using ToolRuntime.Runners;
using ToolRuntime.Runners.Policies;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;
using ToolRuntime.Statistics;
using ToolRuntime.Stores.Sqlite;
using ToolRuntime.Streams;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Support;

/// <summary>One silo, or several, with the session's grains, fake tools and fake models, on a log in memory or on SQLite.</summary>
internal sealed class SessionCluster : IAsyncDisposable
{
    public static readonly Caller Alice = new("alice");
    public static readonly Caller Bob = new("bob");

    private readonly string folder = Directory.CreateTempSubdirectory("session-grain-").FullName;
    private readonly InProcessTestCluster cluster;
    private readonly SharedDirectory directory = new();

    private readonly short silos;
    private readonly int graceSeconds;
    private readonly bool sqlite;
    private readonly TimeProvider? clock;
    private readonly Action<SessionOptions>? sessions;
    private readonly Action<ToolPolicyOptions>? plain;
    private Action<IHostApplicationBuilder>? more;

    private SessionCluster(bool sqlite, TimeProvider? clock, Action<SessionOptions>? sessions, Action<ToolPolicyOptions>? plain, short silos, int graceSeconds, Func<int, string[]>? pools)
    {
        (this.sqlite, this.clock, this.sessions, this.plain, this.silos, this.graceSeconds) = (sqlite, clock, sessions, plain, silos, graceSeconds);
        cluster = new InProcessTestClusterBuilder(silos)
            .ConfigureClient(client => client.AddLiveStreams(SessionStreams.Provider))
            .ConfigureSiloHost((_, host) => Configure(host))
            .ConfigureSilo((options, silo) =>
            {
                if (pools is not null) silo.UsePools(pools(int.Parse(options.SiloName.AsSpan(options.SiloName.LastIndexOf('_') + 1), System.Globalization.CultureInfo.InvariantCulture)));
                silo.AddLiveStreams(SessionStreams.Provider).UseInMemoryReminderService();
                if (silos == 1) return;
                silo.UseSessionPlacement().AddStoreIsolation<StoreSwitch.Probe>();
                silo.Services.AddGrainDirectory(GrainDirectoryAttribute.DEFAULT_GRAIN_DIRECTORY, (_, _) => directory);
            })
            .Build();
    }

    public MemorySessionLog Log { get; } = new();

    /// <summary>The silo's log, whichever it is.</summary>
    public ISessionLog AnyLog => cluster.GetSiloServiceProvider().GetRequiredService<ISessionLog>();

    public string Workspace => Path.Combine(folder, "workspaces", "acme", "s1");

    /// <summary>Which silos of several reach the store.</summary>
    public StoreSwitch Store { get; } = new();

    public FakeModels Models { get; } = new();

    public FakeWebhooks Webhooks { get; } = new();

    public ITool[] Tools { get; } = FakeTools.All();

    public SnapshotStorage Snapshots { get; } = new();

    public StateStorage Statistics { get; } = new();

    /// <summary>The clock of the reminders only.</summary>
    public FakeTimeProvider Reminders { get; } = new();

    public IReminderTable ReminderTable => cluster.GetSiloServiceProvider().GetRequiredService<IReminderTable>();

    /// <summary>Starts the silos.</summary>
    /// <param name="sqlite">The log is on SQLite, not <see cref="Log"/>.</param>
    /// <param name="clock">The clock of grains and their timers; the system's unless given.</param>
    /// <param name="sessions">Options of sessions.</param>
    /// <param name="plain">The policy of the tool <c>plain</c>.</param>
    /// <param name="silos">How many.</param>
    /// <param name="graceSeconds">How long what runs may take to end when a silo stops.</param>
    /// <param name="pools">The pools of the n-th silo, from 0.</param>
    /// <param name="more">What else the silos have.</param>
    public static async Task<SessionCluster> StartAsync(
        bool sqlite = false, TimeProvider? clock = null, Action<SessionOptions>? sessions = null, Action<ToolPolicyOptions>? plain = null, short silos = 1, int graceSeconds = 0,
        Func<int, string[]>? pools = null, Action<IHostApplicationBuilder>? more = null)
    {
        var started = new SessionCluster(sqlite, clock, sessions, plain, silos, graceSeconds, pools) { more = more };
        await started.cluster.DeployAsync();
        return started;
    }

    public static SessionKey Key(string session) => new("acme", session);

    /// <summary>
    /// The silo's own client, as the product has it in one process: it keeps the order of calls that are not awaited, and goes with the silo.
    /// A client outside gets neither from Orleans: a silo hands what comes by a socket to the thread pool, and a gateway that is gone fails calls for a while.
    /// </summary>
    public IGrainFactory Grains => cluster.GetSiloServiceProvider().GetRequiredService<IGrainFactory>();

    public ISessionGrain Session(string session = "s1") => Grains.GetGrain<ISessionGrain>(Key(session).ToString());

    public ISessionJournal Journal(string session = "s1") => Grains.GetGrain<ISessionJournal>(Key(session).ToString());

    public FakeTool Tool(string name) => (FakeTool)Tools.Single(t => t.Descriptor.Name == name);

    public FakeTools.Stubborn Stubborn => Tools.OfType<FakeTools.Stubborn>().Single();

    public FakeTools.Echo Echo => Tools.OfType<FakeTools.Echo>().Single();

    /// <summary>A command that must work; its answer.</summary>
    public async Task<JsonElement> DoAsync(SessionCommand command, string? id = null, Caller? caller = null, string session = "s1")
    {
        var reply = await Session(session).ExecuteAsync(id ?? Guid.NewGuid().ToString(), command, caller ?? Alice);
        Assert.Null(reply.Error);
        return reply.Value.ToElement();
    }

    /// <summary>Repeats a command under its id, as callers do, until it is no longer refused for now.</summary>
    public async Task<SessionReply<JsonText>> RepeatAsync(string id, SessionCommand command)
    {
        using var timeout = new CancellationTokenSource(Waits.Long);
        while (true)
        {
            var reply = await Session().ExecuteAsync(id, command, Alice);
            if (reply.Error is not { Retryable: true }) return reply;
            timeout.Token.ThrowIfCancellationRequested();
        }
    }

    public async Task<EventsWatch> WatchAsync(string session = "s1")
    {
        var watch = new EventsWatch();
        var stream = cluster.Client.GetStreamProvider(SessionStreams.Provider).GetStream<SessionFrame>(StreamId.Create(SessionStreams.Namespace, Key(session).ToString()));
        await stream.SubscribeAsync((frame, _) =>
        {
            watch.Add(frame);
            return Task.CompletedTask;
        });
        return watch;
    }

    public async Task RestartAsync()
    {
        await cluster.StopSiloAsync(cluster.Silos[0]);
        await cluster.StartAdditionalSiloAsync();
    }

    /// <summary>Stops the silo that started last, gracefully; <see cref="Grains"/> is the first one's.</summary>
    public async Task<SiloAddress> StopLastSiloAsync()
    {
        var last = cluster.Silos[^1];
        await cluster.StopSiloAsync(last);
        return last.SiloAddress;
    }

    /// <summary>
    /// Has the others declare the silo that started last dead, as they would one that hangs: it goes on, but takes no part any more.
    /// </summary>
    public async Task<SiloAddress> KillLastSiloAsync()
    {
        var last = cluster.Silos[^1];
        await cluster.KillSiloAsync(last);
        return last.SiloAddress;
    }

    /// <summary>Starts another silo, and waits until all know of it.</summary>
    public async Task<SiloAddress> StartSiloAsync()
    {
        var started = await cluster.StartAdditionalSiloAsync();
        await cluster.WaitForLivenessToStabilizeAsync();
        return started.SiloAddress;
    }

    public IServiceProvider Services(SiloAddress silo) => cluster.GetSiloServiceProvider(silo);

    /// <summary>The silos that run.</summary>
    public SiloAddress[] Silos => [.. cluster.Silos.Select(silo => silo.SiloAddress)];

    /// <summary>The grains of some classes that are active.</summary>
    public async Task<List<(string Class, string Key, SiloAddress Silo)>> ActivationsAsync(params string[] classes) =>
    [
        .. from grain in await Grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics()
           where classes.Contains(grain.GrainId.Type.ToString())
           select (grain.GrainId.Type.ToString()!, grain.GrainId.Key.ToString()!, grain.SiloAddress),
    ];

    /// <summary>The places of the silos that have some of a session's tools running.</summary>
    public int[] SilosAtWork(IReadOnlyCollection<string> executionIds, string session = "s1") =>
        [.. Enumerable.Range(0, cluster.Silos.Count).Where(i => executionIds.Any(id => Runners(i).IsRunning(Key(session), id, 1)))];

    /// <summary>What the silo has under way.</summary>
    public SiloWork Work => cluster.GetSiloServiceProvider().GetRequiredService<SiloWork>();

    /// <summary>What the silo counts.</summary>
    public StatisticsRecorder Recorder => cluster.GetSiloServiceProvider().GetRequiredService<StatisticsRecorder>();

    /// <summary>Whether the execution's tool runs, in its first attempt.</summary>
    public bool Runs(string executionId) => cluster.GetSiloServiceProvider().GetRequiredService<RunnerHost>().IsRunning(Key("s1"), executionId, 1);

    /// <summary>Waits for what no event tells: asks the session in between, so that its turns go on.</summary>
    public async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var timeout = new CancellationTokenSource(Waits.Long);
        while (!await holds())
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Session().GetExecutionAsync("nobody", Alice);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await cluster.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private RunnerHost Runners(int silo) => cluster.GetSiloServiceProvider(cluster.Silos[silo].SiloAddress).GetRequiredService<RunnerHost>();

    private void Configure(IHostApplicationBuilder host)
    {
        if (clock is not null) host.Services.AddSingleton(clock).UseTimeProviderForBackgroundAreas(TimeProvider.System);
        if (sqlite) host.Services.AddSqliteSessionLog(log => log.Path = folder);
        else host.Services.AddSingleton<ISessionLog>(Log);
        host.Services.AddSingleton<IModelCatalog>(Models);
        host.Services.AddSingleton(Store);
        host.Services.AddSingleton<IWebhookSender>(Webhooks);
        host.Services.Configure<WebhookOptions>(webhooks => webhooks.Secrets["default"] = FakeWebhooks.Secret);
        foreach (var tool in Tools) host.Services.AddSingleton(tool);
        host.Services.AddToolStatistics(new ConfigurationBuilder().Build()).Configure<StatisticsOptions>(statistics => statistics.ReportEvery = TimeSpan.FromMilliseconds(100));
        host.Services.AddToolRunners(
            runners => (runners.LostAfter, runners.GraceSeconds) = (silos == 1 ? TimeSpan.Zero : Waits.Long, graceSeconds), workspaces => workspaces.DataPath = folder);
        var defaults = new ConfigurationBuilder().Build();
        host.Services.AddToolRuntimeGrains(defaults, defaults);
        if (sessions is not null) host.Services.Configure(sessions);
        foreach (var tool in Tools)
        {
            foreach (var name in FakeTools.Fallbacks(tool.Descriptor.Name)) host.Services.Configure<ToolPolicyOptions>(tool.Descriptor.Name, policy => policy.Fallback.Add(name));
        }

        if (plain is not null) host.Services.Configure("plain", plain);
        host.Services.AddGrainStorage(SessionStreams.GrainStorage, (_, _) => Snapshots);
        host.Services.AddGrainStorage(GrainStates.Storage, (_, _) => Statistics);
        host.Services.AddKeyedSingleton<TimeProvider>(ReminderTimeProviderNames.Reminders, Reminders);
        more?.Invoke(host);
    }
}
