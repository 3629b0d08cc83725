namespace ToolRuntime.Tools.Boundaries;

/// <summary>That turns are to be looked for at a terminal.</summary>
/// <param name="Rules">For programs.</param>
/// <param name="Nonce">What its shell says its commands with; null: it says none.</param>
internal sealed record TurnRequest(BoundaryRules Rules, string? Nonce);
