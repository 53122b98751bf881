using System.Text.Json.Nodes;

namespace Bascule.Simulators.Tests.OpenApi;

/// <summary>Finds what references of a description name.</summary>
public interface IResolver
{
    /// <summary>What a reference names; its siblings win. The same node where it is no reference.</summary>
    JsonObject Resolve(JsonObject node);
}
