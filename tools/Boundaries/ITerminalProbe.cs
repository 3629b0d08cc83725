namespace ToolRuntime.Tools.Boundaries;

/// <summary>Says what has the terminal.</summary>
internal interface ITerminalProbe
{
    TerminalUser Look();
}

/// <summary>What has the terminal.</summary>
/// <param name="Program">The name of the program in the foreground; null: nobody knows.</param>
/// <param name="Waits">Whether it waits for input; null: nobody knows.</param>
/// <param name="Reads">Whether it is in a read, not in a wait for one of several things; null: nobody knows.</param>
internal readonly record struct TerminalUser(string? Program, bool? Waits, bool? Reads = null);
