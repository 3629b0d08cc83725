namespace ToolRuntime.Recovery;

/// <summary>What is to come when a silo's host stops.</summary>
public sealed class SiloFate
{
    private volatile bool startAgain;

    /// <summary>Whether the silo was cut off from the store, so that its process is to become a new one.</summary>
    public bool StartAgain
    {
        get => startAgain;
        set => startAgain = value;
    }
}
