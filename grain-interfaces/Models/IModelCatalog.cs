using Microsoft.Extensions.AI;

namespace ToolRuntime.Models;

/// <summary>The models that replies may use.</summary>
public interface IModelCatalog
{
    /// <summary>The model of a message that names none.</summary>
    string DefaultModel { get; }

    /// <summary>Whether a model of this name can be asked.</summary>
    bool Contains(string model);

    /// <summary>The client of a model; it may be kept and used by many at once, and need not be disposed of.</summary>
    /// <exception cref="KeyNotFoundException">There is no such model.</exception>
    IChatClient Get(string model);
}
