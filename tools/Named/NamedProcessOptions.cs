using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Tools.Named;

/// <summary>Settings of named processes, section <c>ToolRuntime:NamedProcesses</c>.</summary>
public sealed class NamedProcessOptions
{
    /// <summary>Bytes of each output stream of a run that are kept from its end. At least 128 KB, default 64 MB.</summary>
    [Range(128 * 1024, 1L << 40)]
    public long KeptBytes { get; set; } = 64 << 20;
}
