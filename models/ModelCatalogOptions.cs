using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Models;

/// <summary>Section <c>ToolRuntime:Models</c>.</summary>
public sealed class ModelCatalogOptions
{
    /// <summary>The model of a message that names none; default <c>directive</c>.</summary>
    [Required]
    public string Default { get; set; } = Directive.DirectiveChatClient.Name;
}
