using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Core;
using Orleans.Runtime;
using Orleans.Timers;
using ToolRuntime.Batches;
using ToolRuntime.Hosting;
using ToolRuntime.Limiting;
using ToolRuntime.Messages;
using ToolRuntime.Placement;
using ToolRuntime.Runners;
using ToolRuntime.Runners.Policies;
using ToolRuntime.Sessions;
using ToolRuntime.Simulation.Tests.Store;
using ToolRuntime.Simulation.Tests.Story;
using ToolRuntime.ToolExecutions;

namespace ToolRuntime.Simulation.Tests.Runtime;

/// <summary>A silo: the product's own grains, runners and options on virtual time.</summary>
internal sealed class VirtualSilo : Node, IGrainRuntime, ITimerRegistry, IDisposable
{
    private readonly Scene scene;
    private readonly RemoteLog log;
    private readonly RunnerHost runners;
    private readonly SessionDecider decider;
    private readonly SessionPlaces places;
    private readonly SessionSilo own;
    private readonly ModelRuns models;
    private readonly SiloWork work;
    private readonly IOptions<RunnerOptions> runnerOptions;

    public VirtualSilo(Scene scene, string name, SiloAddress address)
        : base(scene.World, name)
    {
        (this.scene, SiloAddress) = (scene, address);
        Membership = new(this);
        places = new(Membership, Membership, Clock);
        GrainFactory = new GrainFactory(new GrainCalls(Cluster, this));
        Reminders = new(Cluster, this);
        Streams = new(this, scene.Publish);
        log = new(this, scene.Store, scene.Faults);
        runnerOptions = Options.Create(new RunnerOptions { LostAfter = scene.Silos == 1 ? TimeSpan.Zero : TimeSpan.FromSeconds(2) });
        var chat = new ScriptedModels(scene.World, Clock);
        var catalog = new ToolCatalog(ScriptedTool.All(scene, this));
        var (meter, shares) = (new ToolMeter(Meters.Instance), new ExecutionShares(new MemoryUseLimits(), Clock));
        work = new(Clock, Logger<SiloWork>());
        var policies = new ToolPolicies(NoPolicies.Instance, runnerOptions, meter, Clock, Logger<ToolPolicies>());
        var calls = new ToolCalls(catalog, policies, new(Options.Create(new ToolCacheOptions()), Clock), shares, meter, runnerOptions, Clock);
        var workspaces = new Workspaces(Options.Create(new WorkspaceOptions { Path = Path.Combine(Path.GetTempPath(), "toolruntime-simulation") }));
        runners = new(new(calls, workspaces, new(), NoSecrets, runnerOptions.Value, meter, work, Clock, Logger<ToolRunner>()), Logger<RunnerHost>());
        var planner = new BatchPlanner(catalog, scene.Batches, new(catalog, ScriptedTool.Fallbacks, Logger<FallbackChains>()));
        decider = new(new(planner, catalog, chat), planner, chat, new(log, shares), Clock);
        var edits = new WorkspaceEdits(Options.Create(new WorkspaceOptions()), Clock);
        own = new(new(runners, workspaces, edits), places, new(GrainFactory, places, Meters.Instance), new(workspaces), new(workspaces, edits));
        models = new(chat, catalog, Options.Create(new ModelOptions()), work, Clock, Logger<ModelRuns>());
    }

    private static Redactor NoSecrets { get; } = new([], TokenPattern.Common);

    public Cluster Cluster => scene.Cluster;

    public IGrainRuntime Runtime => this;

    public IGrainFactory GrainFactory { get; }

    public Reminders Reminders { get; }

    public LiveStreams Streams { get; }

    /// <summary>Who waits for something here.</summary>
    public HashSet<ICall> Waiting { get; } = [];

    public bool IsDeclared { get; set; }

    public string SiloIdentity => Name;

    public SiloAddress SiloAddress { get; }

    public Membership Membership { get; }

    public ITimerRegistry TimerRegistry => this;

    public IServiceProvider ServiceProvider => throw new NotSupportedException();

    public TimeProvider TimeProvider => Clock;

    public Activation Activate(GrainId grain) => new(this, grain);

    /// <summary>Makes a grain; its record is read first where it has one.</summary>
    public async Task<Grain> CreateAsync(Activation activation)
    {
        var type = activation.GrainId.Type;
        if (type == GrainTypes.Session)
        {
            var snapshot = await scene.Snapshots.ReadAsync(this, activation.GrainId);
            return new SessionGrain(log, snapshot, decider, own, scene.Sessions, Logger<SessionGrain>());
        }

        if (type == GrainTypes.Execution) return new ToolExecutionGrain(runners, work, places, runnerOptions, Clock, Logger<ToolExecutionGrain>());
        if (type == GrainTypes.Batch) return new ToolBatchGrain(scene.Batches, Clock);
        return new MessageGrain(models, work, places, scene.Batches, Clock, Logger<MessageGrain>());
    }

    /// <summary>Asks a store: takes time, and may fail.</summary>
    public Task<T> AskAsync<T>(Func<T> act)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var fails = scene.Faults.StoreFails();
        World.At(scene.Faults.StoreLatency(), World.Root, () =>
        {
            try
            {
                // Whether it was done before it failed is open.
                var result = fails && World.Dice.Network.Chance(0.5) ? default! : act();
                World.At(scene.Faults.StoreLatency(), World.Root, () => _ = fails ? answer.TrySetException(new IOException("The simulated store failed.")) : answer.TrySetResult(result));
            }
            catch (Exception exception)
            {
                answer.TrySetException(exception);
            }
        });
        return answer.Task;
    }

    public override void Kill()
    {
        base.Kill();
        foreach (var run in scene.Runs) run.KilledWith(this);
    }

    public void DeactivateOnIdle(IGrainContext grainContext) => grainContext.Deactivate(new(DeactivationReasonCode.ApplicationRequested, ""));

    public void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan) => ((Activation)grainContext).KeptUntil = World.Elapsed + timeSpan;

    public IGrainTimer RegisterGrainTimer<TState>(IGrainContext grainContext, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options) =>
        ((Activation)grainContext).RegisterGrainTimer(callback, state, options);

    public IDisposable RegisterTimer(IGrainContext grainContext, Func<object?, Task> asyncCallback, object? state, TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

    public IStorage<TGrainState> GetStorage<TGrainState>(IGrainContext grainContext) => throw new NotSupportedException();

    public void Dispose() => runners.Dispose();

    private TraceLogger<T> Logger<T>() => new(this);
}
