using System.Text.Json.Nodes;

namespace Bascule.Simulators.Tests.OpenApi;

/// <summary>Finds what references of a description name.</summary>
public interface IResolver
{
    /// <summary>What a reference names; its siblings win. The same node where it is no reference.</summary>
    JsonObject Resolve(JsonObject node);

    /// <summary>The definition that a word in the field of a discriminator chooses; null when there is none, or when discriminators are not followed.</summary>
    /// <param name="schema">As it was resolved.</param>
    JsonObject? Derived(JsonObject schema, string word) => null;
}
