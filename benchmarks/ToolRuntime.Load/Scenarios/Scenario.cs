namespace ToolRuntime.Load.Scenarios;

/// <summary>Where scenarios run.</summary>
[Flags]
internal enum Place
{
    /// <summary>One gateway with a silo inside, started for the scenario.</summary>
    Process = 1,

    /// <summary>Two silos, two gateways and Redis, started for the scenario.</summary>
    Cluster = 2,

    /// <summary>Gateways that run already.</summary>
    Address = 4,
}

/// <summary>Something that is measured, on servers of its own or on those that were named.</summary>
internal abstract class Scenario(string name, string purpose)
{
    public string Name => name;

    public string Purpose => purpose;

    /// <summary>Where it makes sense.</summary>
    public virtual Place Places => Place.Process | Place.Cluster | Place.Address;

    /// <summary>Ends a run that hangs.</summary>
    public virtual TimeSpan Limit(LoadOptions options) => TimeSpan.FromMinutes(3) + (2 * options.Duration);

    public abstract Task RunAsync(ScenarioRun run);
}
