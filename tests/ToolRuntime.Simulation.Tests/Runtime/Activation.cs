using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;
using Orleans.Streams;
using Orleans.Timers;

namespace ToolRuntime.Simulation.Tests.Runtime;

/// <summary>A grain in memory: its turns, its timers, and requests that wait for it to begin or, when it ends, go to the next one.</summary>
internal sealed class Activation : IGrainContext, IServiceProvider, IKeyedServiceProvider
{
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(30);

    private readonly Queue<(IInvokable Request, ICall? Call)> waiting = new();
    private readonly HashSet<GrainTimer> timers = [];
    private Grain? grain;
    private int underWay;
    private State state;
    private bool ending;

    public Activation(VirtualSilo silo, GrainId grainId)
    {
        (Silo, GrainId) = (silo, grainId);
        Lane = silo.NewLane($"{silo.Name}:{grainId.Type}/{grainId.Key}", this);
        Lane.Post(_ => _ = ActivateAsync(), null);
    }

    private enum State
    {
        Activating,
        Active,
        Deactivating,
        Gone,
    }

    public VirtualSilo Silo { get; }

    public GrainId GrainId { get; }

    public Lane Lane { get; }

    /// <summary>Nothing may end it before, but the silo's own end.</summary>
    public TimeSpan KeptUntil { get; set; }

    public IServiceProvider ActivationServices => this;

    public object? GrainInstance => grain;

    public ActivationId ActivationId => default;

    public GrainAddress Address => throw new NotSupportedException();

    public IGrainLifecycle ObservableLifecycle => throw new NotSupportedException();

    public IWorkItemScheduler Scheduler => throw new NotSupportedException();

    public Task Deactivated => throw new NotSupportedException();

    public GrainReference GrainReference => throw new NotSupportedException();

    public void Receive(IInvokable request, ICall? call)
    {
        if (state == State.Active)
        {
            underWay++;
            Lane.Post(_ => _ = InvokeAsync(request, call), null);
        }
        else if (state == State.Gone)
        {
            Silo.Cluster.Arrive(GrainId, request, call);
        }
        else
        {
            waiting.Enqueue((request, call));
        }
    }

    public void Remind(string name) => Lane.Post(
        _ =>
        {
            if (state == State.Active) _ = DoAsync(() => ((IRemindable)grain!).ReceiveReminder(name, default), $"reminder {name}");
            else if (state == State.Activating) Silo.World.At(TimeSpan.FromMilliseconds(1), Lane, () => Remind(name));
        },
        null);

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        if (state is State.Deactivating or State.Gone) return;
        Silo.World.Trace($"{Lane.Name} deactivates");
        state = State.Deactivating;
        Silo.World.At(StopWithin, Lane, () => _ = EndAsync());
        if (underWay == 0) Lane.Post(_ => _ = EndAsync(), null);
    }

    public IGrainTimer RegisterGrainTimer<TState>(Func<TState, CancellationToken, Task> callback, TState timerState, GrainTimerCreationOptions options)
    {
        GrainTimer timer = null!;
        timer = new(Silo.World, Lane, () =>
        {
            if (timers.Contains(timer) && state is State.Activating or State.Active) _ = DoAsync(() => callback(timerState, CancellationToken.None), "timer");
        }, () => timers.Remove(timer));
        timers.Add(timer);
        timer.Change(options.DueTime, options.Period);
        return timer;
    }

    public object? GetService(Type serviceType) =>
        serviceType == typeof(ITimerRegistry) ? Silo : serviceType == typeof(IGrainRuntime) ? Silo.Runtime : serviceType == typeof(IReminderRegistry) ? Silo.Reminders : null;

    public object? GetKeyedService(Type serviceType, object? serviceKey) => serviceType == typeof(IStreamProvider) ? Silo.Streams : null;

    public object GetRequiredKeyedService(Type serviceType, object? serviceKey) => GetKeyedService(serviceType, serviceKey)!;

    public object? GetTarget() => grain;

    public object? GetComponent(Type componentType) => null;

    public void SetComponent<TComponent>(TComponent? value)
        where TComponent : class => throw new NotSupportedException();

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public void ReceiveMessage(object message) => throw new NotSupportedException();

    public void Activate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public void Rehydrate(IRehydrationContext context) => throw new NotSupportedException();

    public void Migrate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    private async Task ActivateAsync()
    {
        Silo.World.Trace($"{Lane.Name} activates");
        try
        {
            grain = await Silo.CreateAsync(this);
            await grain.OnActivateAsync(CancellationToken.None);
        }
        catch (Exception exception)
        {
            Silo.World.Trace($"{Lane.Name} does not activate: {exception.Message}");
            Gone();
            while (waiting.TryDequeue(out var refused)) if (refused.Call is { } call) Silo.Cluster.Answer(Silo, call, Response.FromException(exception));
            return;
        }

        if (state == State.Activating) state = State.Active;
        else if (underWay == 0) _ = EndAsync();
        while (state == State.Active && waiting.TryDequeue(out var next)) Receive(next.Request, next.Call);
    }

    private async Task InvokeAsync(IInvokable request, ICall? call)
    {
        Response response;
        try
        {
            request.SetTarget(this);
            response = await request.Invoke();
        }
        catch (Exception exception)
        {
            response = Response.FromException(exception);
        }

        if (response.Exception is { } thrown && Silo.World.Traces) Silo.World.Trace($"{Lane.Name} {request.GetMethodName()} threw {(thrown is NotSupportedException or NullReferenceException ? thrown : thrown.Message)}");
        if (call is not null) Silo.Cluster.Answer(Silo, call, response);
        Done();
    }

    /// <summary>A turn that nobody waits for.</summary>
    private async Task DoAsync(Func<Task> act, string what)
    {
        underWay++;
        try
        {
            await act();
        }
        catch (Exception exception)
        {
            Silo.World.Trace($"{Lane.Name} {what} threw {exception.GetType().Name} {exception.Message}");
        }

        Done();
    }

    private void Done()
    {
        if (--underWay == 0 && state == State.Deactivating) Lane.Post(_ => _ = EndAsync(), null);
    }

    private async Task EndAsync()
    {
        if (state != State.Deactivating || grain is null || ending) return;
        ending = true;
        foreach (var timer in timers.ToArray()) timer.Dispose();
        try
        {
            await grain.OnDeactivateAsync(new(DeactivationReasonCode.ApplicationRequested, ""), CancellationToken.None);
        }
        catch (Exception exception)
        {
            Silo.World.Trace($"{Lane.Name} did not end well: {exception.Message}");
        }

        Gone();
        (grain as IDisposable)?.Dispose();
        while (waiting.TryDequeue(out var next)) Silo.Cluster.Arrive(GrainId, next.Request, next.Call);
    }

    private void Gone()
    {
        state = State.Gone;
        foreach (var timer in timers.ToArray()) timer.Dispose();
        Silo.Cluster.Remove(this);
    }
}
