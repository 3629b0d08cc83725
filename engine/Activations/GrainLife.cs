using Microsoft.Extensions.DependencyInjection;
using Orleans.Core;
using ToolRuntime.Engine.Contracts;

namespace ToolRuntime.Engine.Activations;

/// <summary>The grain object of one activation with its services and states: how it is made, told of its beginning and end, and disposed of.</summary>
internal sealed class GrainLife(Catalog catalog, GrainClass grainClass)
{
    private IServiceScope? scope;
    private List<IStorage>? states;

    public IGrainBase? Grain { get; private set; }

    /// <summary>A scope of its own, made when first needed. Any thread.</summary>
    public IServiceProvider Services
    {
        get
        {
            if (scope is null)
            {
                var made = catalog.Services.CreateScope();
                if (Interlocked.CompareExchange(ref scope, made, null) is not null)
                    made.Dispose();
            }
            return scope.ServiceProvider;
        }
    }

    public void Adopt(IStorage state) => (states ??= []).Add(state);

    public async Task ActivateAsync(Activation activation)
    {
        Grain = grainClass.Create(activation);
        foreach (var state in states ?? [])
            await state.ReadStateAsync();
        if (grainClass.HasOnActivate)
            await WithinAsync(Grain.OnActivateAsync, catalog.Options.ActivationTimeout);
    }

    public Task DeactivateAsync(DeactivationReason reason) =>
        grainClass.HasOnDeactivate ? WithinAsync(token => Grain!.OnDeactivateAsync(reason, token), catalog.Options.DeactivationTimeout) : Task.CompletedTask;

    public async ValueTask ReleaseAsync()
    {
        try
        {
            await DisposeAsync(Grain);
        }
        finally
        {
            await DisposeAsync(scope);
        }
    }

    private static ValueTask DisposeAsync(object? thing)
    {
        if (thing is IAsyncDisposable asyncDisposable)
            return asyncDisposable.DisposeAsync();
        (thing as IDisposable)?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task WithinAsync(Func<CancellationToken, Task> step, TimeSpan limit)
    {
        using var cancellation = new CancellationTokenSource();
        var task = step(cancellation.Token);
        try
        {
            // No timer for what ends at once.
            await (task.IsCompleted ? task : task.WaitAsync(limit, catalog.Clock));
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            await cancellation.CancelAsync();
            throw;
        }
    }
}
