namespace ToolRuntime.Tools;

/// <summary>
/// Values that must not leave the process, registered as a service by whoever is configured with some: they are redacted from all that
/// attempts report.
/// </summary>
/// <param name="Values">The values; those of fewer than 8 characters are left alone.</param>
public sealed record SecretValues(IReadOnlyList<string> Values)
{
    /// <summary>
    /// Whether a variable is a secret by its name: it ends in <c>_KEY</c>, <c>_TOKEN</c> or <c>_SECRET</c>, or holds <c>PASSWORD</c>, in
    /// any case.
    /// </summary>
    public static bool IsSecretName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.EndsWith("_KEY", StringComparison.OrdinalIgnoreCase) || name.EndsWith("_TOKEN", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith("_SECRET", StringComparison.OrdinalIgnoreCase)
                || name.Contains("PASSWORD", StringComparison.OrdinalIgnoreCase);
    }
}

/// <summary>Takes secrets out of text that is to be logged or reported.</summary>
public interface IRedactor
{
    /// <summary>The text without secrets; the same instance where there are none.</summary>
    string Redact(string text);
}
