namespace Orleans.Storage;

/// <summary>A state was written or cleared on a version that is not the stored one.</summary>
[GenerateSerializer]
public class InconsistentStateException : OrleansException
{
    public InconsistentStateException()
    {
    }

    public InconsistentStateException(string message)
        : base(message)
    {
    }

    public InconsistentStateException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag)
        : base(errorMsg) => (StoredEtag, CurrentEtag) = (storedEtag, currentEtag);

    public string? StoredEtag { get; }

    public string? CurrentEtag { get; }

    // Only the activation whose write failed ends; a caller that lets the exception pass does not.
    internal bool IsSourceActivation { get; set; } = true;
}
