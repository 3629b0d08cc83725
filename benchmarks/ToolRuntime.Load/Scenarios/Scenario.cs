namespace ToolRuntime.Load.Scenarios;

/// <summary>Something that is measured, on a server of its own.</summary>
internal abstract class Scenario(string name, string purpose)
{
    public string Name => name;

    public string Purpose => purpose;

    /// <summary>Ends a run that hangs.</summary>
    public virtual TimeSpan Limit(LoadOptions options) => TimeSpan.FromMinutes(3) + (2 * options.Duration);

    public abstract Task RunAsync(ScenarioRun run);
}
