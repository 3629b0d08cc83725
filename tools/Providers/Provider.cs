namespace ToolRuntime.Tools.Providers;

/// <summary>A service outside that a tool uses.</summary>
/// <param name="Name">As a person writes it.</param>
/// <param name="Key">Our key there; null where it wants none. It is in no message.</param>
/// <param name="Timeout">How long one call of it may take, its answer read.</param>
/// <param name="MaxBytes">The longest answer that is read, decompressed.</param>
internal sealed record Provider(string Name, string? Key, TimeSpan Timeout, int MaxBytes)
{
    /// <summary>The header that the key goes in; null: <c>Authorization</c>, as a bearer's.</summary>
    public string? KeyHeader { get; init; }
}
