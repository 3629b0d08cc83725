using Microsoft.Extensions.AI;
using ToolRuntime.Tools;

namespace ToolRuntime.Models;

/// <summary>The models that replies may use.</summary>
public interface IModelCatalog
{
    /// <summary>The model of a message that names none.</summary>
    string DefaultModel { get; }

    /// <summary>
    /// The models to choose from, by name: those that are configured, and those that providers say they have. <see cref="Contains"/> may take more.
    /// </summary>
    Task<IReadOnlyList<OfferedModel>> ListAsync() => Task.FromResult<IReadOnlyList<OfferedModel>>([]);

    /// <summary>Whether a model of this name can be asked.</summary>
    bool Contains(string model);

    /// <summary>
    /// Why no model is offered a tool (its schema is none that they take); null if there is no reason. For people, begins in lower
    /// case.
    /// </summary>
    string? WhyLeftOut(ToolDescriptor tool) => null;

    /// <summary>The client of a model; it may be kept and used by many at once, and need not be disposed of.</summary>
    /// <exception cref="KeyNotFoundException">There is no such model.</exception>
    IChatClient Get(string model);
}
