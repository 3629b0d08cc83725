namespace ToolRuntime.Runners;

/// <summary>Further names of tools, so that prompts that were written for others work; section <c>ToolRuntime:Aliases</c>.</summary>
public sealed class ToolAliasOptions
{
    /// <summary>
    /// What each name stands for. A tool that has the name goes first. Default: <c>os-write</c> for <c>file_write</c> and <c>os-line-replace</c> for <c>file_replace_lines</c>; a name of these that is
    /// given another tool, or none, stands for that.
    /// </summary>
    public IDictionary<string, ToolAlias> Names { get; } = new Dictionary<string, ToolAlias>(StringComparer.Ordinal)
    {
        ["os-write"] = ToolAlias.Of("file_write", ("file_path", "path"), ("filePath", "path")),
        ["os-line-replace"] = ToolAlias.Of(
            "file_replace_lines",
            ("file_path", "path"),
            ("filePath", "path"),
            ("start_line", "startLine"),
            ("first_replaced_line", "startLine"),
            ("end_line", "endLine"),
            ("last_replaced_line", "endLine"),
            ("new_content", "content"),
            ("replace", "content"),
            ("search", "expected")),
    };

    /// <summary>What is wrong; null if nothing is.</summary>
    internal string? Fault()
    {
        foreach (var (name, alias) in Names)
        {
            if (!EntityId.IsValid(name)) return $"ToolRuntime:Aliases:Names:{name} is no name that a tool can have.";
            if (alias.Tool.Length > 0 && !EntityId.IsValid(alias.Tool)) return $"ToolRuntime:Aliases:Names:{name}:Tool is no name that a tool can have.";
            if (Names.ContainsKey(alias.Tool)) return $"ToolRuntime:Aliases:Names:{name}:Tool is itself one of the names; it must be that of a tool.";
        }

        return null;
    }
}

/// <summary>What a further name of a tool stands for.</summary>
public sealed class ToolAlias
{
    /// <summary>The tool; empty switches the name off.</summary>
    public string Tool { get; set; } = "";

    /// <summary>Names of arguments, and what the tool calls them. Others stay as they are.</summary>
    public IDictionary<string, string> Arguments { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    internal static ToolAlias Of(string tool, params ReadOnlySpan<(string Theirs, string Ours)> arguments)
    {
        var alias = new ToolAlias { Tool = tool };
        foreach (var (theirs, ours) in arguments) alias.Arguments[theirs] = ours;
        return alias;
    }
}
