using Orleans.Core;

namespace Orleans.Runtime;

/// <summary>A state of a grain that is read before it activates and written when the grain says so.</summary>
public interface IPersistentState<TState> : IStorage<TState>;

/// <summary>Names the state and the storage of a constructor parameter of type <see cref="IPersistentState{TState}"/>.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public class PersistentStateAttribute(string stateName, string? storageName = null) : Attribute
{
    public string StateName { get; } = stateName;

    public string? StorageName { get; } = storageName;
}
