using System.Reflection;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace ToolRuntime.Simulation.Tests.Weaving;

/// <summary>
/// Rewrites an assembly of the product so that nothing in it leaves the simulation's one thread: what would go to the thread pool, the system's
/// dice and the system's clock goes to <see cref="Escapes"/>, and no await forgets where it came from. A mutation breaks it on purpose besides.
/// </summary>
internal static class Weaver
{
    private static readonly Dictionary<string, MethodInfo> Escapings = Targets(typeof(Escapes));

    public static MemoryStream Weave(string path, Mutation? mutation)
    {
        var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(Path.GetDirectoryName(path));
        resolver.AddSearchDirectory(Path.GetDirectoryName(typeof(object).Assembly.Location));
        using var module = ModuleDefinition.ReadModule(path, new() { AssemblyResolver = resolver, InMemory = true });
        var mutated = mutation is null || Mutation.Assembly != module.Assembly.Name.Name;
        foreach (var method in module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody))
        {
            mutated |= mutation?.Apply(module, method) == true;
            Weave(module, method);
        }

        if (!mutated) throw new InvalidOperationException($"The mutation {mutation} has found nothing to change.");
        var woven = new MemoryStream();
        module.Write(woven);
        woven.Position = 0;
        return woven;
    }

    /// <summary>Has a method call another one instead, which takes the same and gives the same.</summary>
    public static void Redirect(ModuleDefinition module, Instruction call, MethodInfo target)
    {
        var reference = module.ImportReference(target);
        var arguments = call.Operand is GenericInstanceMethod method ? method.GenericArguments : ((call.Operand as MethodReference)?.DeclaringType as GenericInstanceType)?.GenericArguments;
        if (arguments is not null && target.IsGenericMethodDefinition)
        {
            var generic = new GenericInstanceMethod(reference);
            foreach (var argument in arguments) generic.GenericArguments.Add(argument);
            reference = generic;
        }

        (call.OpCode, call.Operand) = (OpCodes.Call, reference);
    }

    private static void Weave(ModuleDefinition module, MethodDefinition method)
    {
        foreach (var instruction in method.Body.Instructions.ToArray())
        {
            if (instruction.Operand is not MethodReference called) continue;
            if (called.Name == "ConfigureAwait" && called.Parameters[^1].ParameterType.MetadataType == MetadataType.Boolean) Capture(method, instruction);
            else if (Escapings.TryGetValue(KeyOf(called), out var target)) Redirect(module, instruction, target);
        }
    }

    /// <summary>Whatever was asked for, the await goes on where it came from.</summary>
    private static void Capture(MethodDefinition method, Instruction call)
    {
        method.Body.SimplifyMacros();
        var il = method.Body.GetILProcessor();
        il.InsertBefore(call, il.Create(OpCodes.Pop));
        il.InsertBefore(call, il.Create(OpCodes.Ldc_I4_1));
        method.Body.OptimizeMacros();
    }

    private static Dictionary<string, MethodInfo> Targets(Type type) => type.GetMethods(BindingFlags.Public | BindingFlags.Static)
        .Where(method => method.GetCustomAttribute<InsteadOfAttribute>() is not null)
        .ToDictionary(method => method.GetCustomAttribute<InsteadOfAttribute>()!.Method);

    /// <summary><c>Type.Method(first parameter, ..)</c>, names without namespaces.</summary>
    private static string KeyOf(MethodReference method) =>
        $"{method.DeclaringType.Name}.{method.Name}({string.Join(", ", method.GetElementMethod().Parameters.Select(p => Short(p.ParameterType)))})";

    private static string Short(TypeReference type) => type is GenericInstanceType generic
        ? $"{type.Name.Split('`')[0]}<{string.Join(", ", generic.GenericArguments.Select(Short))}>"
        : type is GenericParameter ? "T" : type.Name;
}

/// <summary>The method that is replaced, as <c>Type.Method(parameter, ..)</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class InsteadOfAttribute(string method) : Attribute
{
    public string Method => method;
}
