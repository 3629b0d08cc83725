namespace Orleans.Placement;

/// <summary>Asks for the caller's silo. The built-in engine keeps grains that share the first two parts of their key together anyway.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class PreferLocalPlacementAttribute : Attribute;
