using Dapper;

namespace Bascule.Storage.Stores;

/// <summary>Lists of texts in SQL: a parameter each, since lists as parameters mean something else in each database.</summary>
internal static class InLists
{
    /// <summary>For <c>IN</c>; of nothing it is a list that holds nothing.</summary>
    public static string In(this DynamicParameters parameters, IEnumerable<string> texts)
    {
        var names = new List<string>();
        foreach (var text in texts)
        {
            var name = $"in{parameters.ParameterNames.Count()}";
            parameters.Add(name, text);
            names.Add("@" + name);
        }
        return names.Count == 0 ? "(NULL)" : $"({string.Join(", ", names)})";
    }
}
