package android.content.res;

public class Resources {
    public int getIdentifier(String name, String kind, String app) {
        return (kind + "/" + name + " of " + app).equals("drawable/notification of org.edgenews.edgenews") ? 77 : 0;
    }
}
