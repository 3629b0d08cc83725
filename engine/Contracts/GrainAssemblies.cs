using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace ToolRuntime.Engine.Contracts;

/// <summary>Finds the application's assemblies that can hold grains: those that reference the engine. Others are not loaded.</summary>
internal static class GrainAssemblies
{
    private static readonly string EngineName = typeof(GrainAssemblies).Assembly.GetName().Name!;

    public static IEnumerable<Assembly> Find()
    {
        var found = AppDomain.CurrentDomain.GetAssemblies()
            .Where(assembly => !assembly.IsDynamic && assembly.GetReferencedAssemblies().Any(reference => reference.Name == EngineName))
            .ToHashSet();
        var framework = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(typeof(object).Assembly.Location)));
        var files = (AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        foreach (var file in files)
        {
            if ((framework is null || !file.StartsWith(framework, StringComparison.Ordinal)) && ReferencesEngine(file))
                found.Add(Assembly.Load(new AssemblyName(Path.GetFileNameWithoutExtension(file))));
        }
        return found;
    }

    // Reading the metadata is some ten times cheaper than loading the assembly.
    private static bool ReferencesEngine(string file)
    {
        using var image = new PEReader(File.OpenRead(file));
        if (!image.HasMetadata)
            return false;
        var metadata = image.GetMetadataReader();
        return metadata.AssemblyReferences.Any(reference => metadata.StringComparer.Equals(metadata.GetAssemblyReference(reference).Name, EngineName));
    }
}
