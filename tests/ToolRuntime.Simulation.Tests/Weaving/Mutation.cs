using System.Reflection;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace ToolRuntime.Simulation.Tests.Weaving;

/// <summary>A fault that is woven into the product, to show that the simulation finds such a one: a method calls a saboteur instead of another method.</summary>
/// <param name="Name">The saboteur.</param>
/// <param name="In">The method that is broken, as <c>Type.Method</c>.</param>
/// <param name="Of">The method that it calls no more.</param>
internal sealed record Mutation(string Name, string In, string Of)
{
    public const string Assembly = "ToolRuntime.Grains";

    /// <summary>Breaks the method, if it is the one; true if something was changed.</summary>
    public bool Apply(ModuleDefinition module, MethodDefinition method)
    {
        if (!IsIn(method)) return false;
        var saboteur = typeof(Saboteurs).GetMethod(Name, BindingFlags.Public | BindingFlags.Static) ?? throw new InvalidOperationException($"There is no saboteur {Name}.");
        var calls = method.Body.Instructions.Where(i => i.OpCode.FlowControl == FlowControl.Call && i.Operand is MethodReference called && $"{called.DeclaringType.Name}.{called.Name}" == Of).ToArray();
        foreach (var call in calls) Weaver.Redirect(module, call, saboteur);
        return calls.Length > 0;
    }

    /// <summary>The body of an async method, or of a lambda, is in a type inside the method's own.</summary>
    private bool IsIn(MethodDefinition method)
    {
        var name = $"{method.DeclaringType.FullName}.{method.Name}";
        var (type, own) = (In.Split('.')[0], In.Split('.')[1]);
        if (name.Contains($".{type}/", StringComparison.Ordinal) && method.Name.StartsWith($"<{own}>", StringComparison.Ordinal)) return true;
        return name.EndsWith($".{In}", StringComparison.Ordinal) || name.Contains($".{In.Replace(".", "/<", StringComparison.Ordinal)}>", StringComparison.Ordinal);
    }
}
