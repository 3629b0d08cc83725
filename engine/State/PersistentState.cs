using Microsoft.Extensions.DependencyInjection;
using Orleans.Core;
using Orleans.Storage;
using ToolRuntime.Engine.Activations;

namespace ToolRuntime.Engine.State;

/// <summary>One state of one activation. A class's first value is made by its parameterless constructor.</summary>
internal sealed class PersistentState<T>(string name, IGrainStorage storage, Activation activation) : IPersistentState<T>
{
    private readonly GrainState<T> stored = new(NewState());

    public T State
    {
        get
        {
            activation.RequireTurn();
            return stored.State;
        }
        set
        {
            activation.RequireTurn();
            stored.State = value;
        }
    }

    public string? Etag => stored.ETag;

    public bool RecordExists => stored.RecordExists;

    public async Task ReadStateAsync()
    {
        activation.RequireTurn();
        await storage.ReadStateAsync(name, activation.GrainId, stored);
        if (stored.State is null)
            stored.State = NewState();
    }

    public Task WriteStateAsync()
    {
        activation.RequireTurn();
        return storage.WriteStateAsync(name, activation.GrainId, stored);
    }

    public async Task ClearStateAsync()
    {
        activation.RequireTurn();
        await storage.ClearStateAsync(name, activation.GrainId, stored);
        stored.State = NewState();
    }

    private static T NewState() => typeof(T).IsValueType || typeof(T).GetConstructor(Type.EmptyTypes) is null ? default! : Activator.CreateInstance<T>();
}

/// <summary>Makes the states that a grain's constructor asks for.</summary>
internal static class PersistentStateFactory
{
    public static Func<Activation, object> For(Type parameter, PersistentStateAttribute attribute)
    {
        if (!parameter.IsGenericType || parameter.GetGenericTypeDefinition() != typeof(IPersistentState<>))
            throw new OrleansConfigurationException($"[PersistentState(\"{attribute.StateName}\")] belongs on an IPersistentState<T>, not on {parameter}.");
        var make = typeof(PersistentStateFactory).GetMethod(nameof(Make), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
            .MakeGenericMethod(parameter.GenericTypeArguments[0])
            .CreateDelegate<Func<Activation, PersistentStateAttribute, object>>();
        return activation => make(activation, attribute);
    }

    private static PersistentState<T> Make<T>(Activation activation, PersistentStateAttribute attribute)
    {
        var storage = attribute.StorageName is { } name
            ? activation.ActivationServices.GetRequiredKeyedService<IGrainStorage>(name)
            : activation.ActivationServices.GetRequiredService<IGrainStorage>();
        var state = new PersistentState<T>(attribute.StateName, storage, activation);
        activation.Adopt(state);
        return state;
    }
}
