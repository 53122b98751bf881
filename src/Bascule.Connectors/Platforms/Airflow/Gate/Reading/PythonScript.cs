using System.Text;
using System.Text.Json;

namespace Bascule.Connectors.Platforms.Airflow.Gate.Reading;

/// <summary>
/// The parts of a Python program as one argument of <c>python -c</c>: each becomes a module of its name, and nothing is ever written to a disk or read from one.
/// </summary>
internal static class PythonScript
{
    /// <summary>Reads files without running them.</summary>
    public static string Gate { get; } =
        Join("process_limits", "dag_source", "dag_place", "dag_names", "dag_reading", "gate");

    /// <summary>The names in the order in which they need each other; the last one does the work.</summary>
    public static string Join(params ReadOnlySpan<string> names)
    {
        var script = new StringBuilder("import sys, types\nfor name, text in (\n");
        foreach (var name in names)
            script.Append('(').Append(Quote(name)).Append(", ").Append(Quote(Load(name))).Append("),\n");
        return script
            .Append("):\n    module = sys.modules[name] = types.ModuleType(name)\n")
            .Append("    exec(compile(text, name + '.py', 'exec'), module.__dict__)\n")
            .ToString();
    }

    /// <summary>A JSON text without characters beyond ASCII is a Python text.</summary>
    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private static string Load(string name)
    {
        using var stream =
            typeof(PythonScript).Assembly.GetManifestResourceStream($"airflow/{name}.py")
            ?? throw new InvalidOperationException($"{name}.py is not part of this program");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
