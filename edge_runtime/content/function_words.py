"""Words that say nothing of what a reader likes: articles, prepositions, pronouns, auxiliaries, numerals.

`languages.STOP_WORDS` are the commonest of them, by which a language is known; they are no words of a title at all.
Those here are words of a title, so that "before" and "after" tell two stories apart. They are no tastes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from edge_runtime.content.languages import STOP_WORDS

# In the tokenizer's spelling: lower case, no accents, parted at apostrophes. A word that names a thing as well, such as
# "war" in German, is only in the list of the language where it names none.
_MORE: Mapping[str, str] = {
    "en": "above across again ago along already also although always am amid amidst amongst among another any "
    "anybody anyone anything aren around aside away back became because become becomes been before behind "
    "being below beneath beside besides between beyond both came cannot come comes couldn despite did didn "
    "does doesn doing don done down due during each either else enough even ever every everybody everyone "
    "everything except far few fewer following former further gave get getting give gives go goes going gone "
    "got gotten had hadn hasn haven having hence hers herself him himself however ii iii inside instead isn "
    "itself keep keeps kept latest least less let lets like likely ll lot lots made make makes making many "
    "maybe me might most mostly much must myself near nearly needn neither never next nobody none nor nothing "
    "now nowhere often ok okay once only onto other others otherwise ought our ours ourselves own per perhaps "
    "plus put puts quite rather re really said same saw saying see seem seems seen shall should shouldn since "
    "so some somebody someone something sometimes somewhere soon still such take taken takes taking tell tells "
    "thats theirs them themselves then there these thing things third those though through throughout thus "
    "till together too took toward towards twice under unless unlike until upon us use used uses using ve "
    "versus very via vs wants wasn way ways well went were weren whatever whats whenever where whereas "
    "wherever whether which whichever while whoever whole whom whose within without wouldn yes yet yours "
    "yourself yourselves zero two three four five six seven eight nine ten eleven twelve dozen hundred "
    "hundreds thousand thousands million millions billion billions second half",
    "de": "ab alle allein allem allen aller alles also ander andere anderen anders ans anstatt ausser bald beide "
    "beiden bereits besonders bevor beziehungsweise bin bist bisher bloss da dabei dadurch dafur dagegen daher "
    "dahin damals damit danach daneben dann daran darauf daraus darf darin daruber darum darunter dazu dein "
    "deine denen denn dennoch deren derer deshalb dessen desto deswegen dich dies diese diesem diesen dieser "
    "dieses dir doch dort drei dritte du durfen durfte eben ebenfalls eher eigentlich einander eines einige "
    "einigen einmal erst erste ersten etwa etwas euch euer falls fast funf gab ganz gar geben gegenuber geht "
    "gehen gehabt gemacht genau genug gerade gern gewesen gewisse gibt gleich hab habe hast hatte hatten "
    "hattest hier hin hinter hoch hundert ihm ihn ihnen ihr ihre ihrem ihren ihrer ihres immer indem ins "
    "inzwischen irgend ja je jede jedem jeden jeder jedes jedoch jemand jene jener jetzt kam kaum kein keine "
    "keinem keinen keiner knapp kommen kommt konnen konnte konnten lassen lasst letzte letzten machen macht "
    "mal man manche mein meine meinem meinen meiner mich millionen milliarden mir mittels mochte mogen muss "
    "mussen musste mussten nachdem nahe neben neun nichts nie niemand nun ob oben obwohl ohne paar pro rund "
    "sagen sagt schon sechs sehr sei seid seien sein seinem seinen seiner seit seitdem selber selbst sieben "
    "sofort sogar solche solcher sollen sollte sollten somit sondern sonst soviel sowie statt tausend trotz "
    "tun uns unser unsere unten unterm vergangenen viel viele vielen vier vom voraus vorbei waren warum was "
    "weder weil weiter weitere welche welcher welches wem wen wenig weniger wenn wer werde wessen weshalb "
    "wieder wieso wirst wo wobei wofur woher wohin wohl wollen wollte wollten worden wurde wurden zehn zuruck "
    "zusammen zwar zwei zweite zwischen zwolf acht elf",
    "fr": "afin ai aie ainsi alors assez aucun aucune aujourd auquel aurait aussi autour autre autres avaient avait "
    "avant avez avoir avons beaucoup bien bientot ca car ceci cela celle celles celui cent cependant ces cet "
    "ceux chaque chez ci cinq comment deja dehors depuis derniere derniers dernier desormais dessous dessus "
    "devant devrait dix doit doivent donc dont durant elles encore enfin ensemble ensuite environ es etaient "
    "etait etant ete etes eu eux faire faut fera firent fut hors huit ici ils jamais jusqu jusque laquelle "
    "lequel lesquels lors lorsque lui ma malgre me meme memes mes mieux mille milliard milliards million "
    "millions moi moins mon neuf ni non nos notre notamment oui parce parmi pendant peu peut peuvent plusieurs "
    "plutot pourquoi pourrait pres presque premier premiere puis puisque qu quand quatre quel quelle quelles "
    "quelque quelques quels quoi rien sauf sept sera serait seront seul seule seulement si six soi soit sommes "
    "sous souvent suis sujet ta tandis tant te tel telle tes toi ton toujours tous tout toute toutes tres "
    "trois trop tu va vais vers via voici voila vont vos votre vous",
    "it": "abbia adesso agli alcuna alcune alcuni alcuno all alle allo allora altra altre altri altro anzi appena "
    "avanti avere aveva avevano avra avrebbe bene bisogna cento chiunque ci cinque ciascuno cio circa coi col "
    "cosa cosi cui dagli dai dall dalle dallo davanti davvero de dell dello dentro devono deve dieci dietro "
    "dove dovrebbe dunque durante ed eppure erano essere essi fa fanno fara fare fatto finche fino forse fu "
    "fuori furono gia grazie hai hanno ho ieri infatti inoltre insieme invece io lei loro lui mai malgrado me "
    "meglio meno mentre mi mia mie mila miliardi milione milioni mille mio miei molta molte molti molto ne "
    "negli nei nell nelle nello nemmeno neppure nessun nessuna nessuno niente noi nono nostra nostre nostri "
    "nostro nove nulla oggi ogni ognuno oltre oppure ora otto parecchi perche pero poca poche pochi poco poi "
    "possono potra potrebbe presso prima primo proprio puo pure qua qual quale quali qualche qualcosa qualcuno "
    "quando quanto quanti quasi quattro quella quelle quelli quello quest questa queste questi questo qui "
    "quindi sara saranno sarebbe se secondo sei sempre senza sette sia siamo siano siete sino sotto sopra sta "
    "stanno stare stata state stati stato stesso sugli sui sull sulle sullo suoi tanto te ti tre troppo tu tua "
    "tue tuo tuoi tutta tutte tutti tutto ultima ultimo vari verso via vi voi vostra vostro",
    "es": "acerca ademas ahi ahora algo alguien algun alguna algunas alguno algunos alla alli alrededor ambos ante "
    "antes apenas aquel aquella aquello aqui aun aunque bajo bastante bien cada casi catorce cien ciento cinco "
    "cerca conmigo contigo cual cuales cualquier cuanto cuatro cuya cuyo da dar debe deben debido decir deja "
    "dejar demas demasiado dentro despues detras dice dicen dicho diez donde dos durante ella ellas ello ellos "
    "embargo encima entonces era eran eres esa esas ese eso esos estaba estado estan estar estas estos estoy "
    "etc fue fueron fuera ha haber habia habra hace hacen hacer hacia han has haya he hemos hizo hoy incluso "
    "ir jamas junto lado les lejos luego mal me mediante mejor menos mi mia mientras mil mill millon millones "
    "mis misma mismo mismos mucha muchas mucho muchos nada nadie ni ningun ninguna ninguno nos nosotros "
    "nuestra nuestras nuestro nuestros nueve nunca ocho once os otra otras otro otros parte pese poca poco "
    "pocos podra podria poner primer primera primero pronto propia propio pudo puede pueden pues quien quienes "
    "quiere quiza quizas sea sean seis segun segunda segundo sera seria sido siempre siendo siete sigue sino "
    "siquiera sois solamente solo somos soy suya suyo tal tampoco tan tanto te tendra tenemos tener tenia ti "
    "tiene tienen toda todas todavia todo todos traves tres tu tus tuvo unas uno unos usted ustedes va vamos "
    "van varias varios veces ver vez vosotros voy yo",
    "pt": "acerca agora ai ainda alem algo alguem algum alguma algumas alguns ali ambos ante antes aos apenas aquela "
    "aquele aqueles aquilo aqui assim atras atraves bastante bem cada cem cerca cinco comigo conforme conosco "
    "consigo contudo cuja cujo dao daquele dar debaixo dela dele deles demais dentro depois desde dessa desse "
    "desta deste deve devem dez disse disso disto dizer dois doze duas durante ela elas eles embora enquanto "
    "entao era eram essa essas esse esses estao estar estas estava estavam este estes estou eu faz fazem fazer "
    "fez ficar fica fora foram fosse ha hoje ir isto junto la lhe lhes logo longe lo maior mal me meio melhor "
    "menos mesma mesmo meu meus mil milhao milhoes minha minhas muita muitas muitos nada naquele nas nela nele "
    "nem nenhum nenhuma nessa nesse nesta neste ninguem nisso nossa nosso nossos nove num numa nunca oito onde "
    "ontem onze ora outra outras outro outros partir pelas pelos perante perto pode podem poder poderia pois "
    "porem pouca pouco poucos pra primeira primeiro propria proprio quais qual qualquer quanto quantos quarto "
    "quatro quem quer quinze saber segunda segundo seis seja sejam sem sempre sendo sera serao seria sete seus "
    "si sido sob somente somos sou suas tal talvez tambem tampouco tanto tao tem temos tendo tenho ter tera "
    "teve tinha toda todas todavia todo todos tres tu tua tudo ultima ultimo umas uns vai varias varios vem "
    "vez vezes voce voces vos vou",
    "nl": "aantal achter acht alle alleen alles altijd ander andere anderen beide ben beter bent binnen boven buiten "
    "daar daarin daarna daarom dezelfde dit doen doet doe drie dus echter eens eerst eerste eigen elf elk elke "
    "enkele erg eerder geweest gaan gaat gehad geleden gewoon haar had hadden heb hebben hem hen hier hierdoor "
    "hoe hoeveel honderd iedereen ieder iemand iets inmiddels ja jaar jaren jouw jullie komen komt konden kon "
    "krijgen krijgt kunnen laat laatste laten later liever lang langs maakt maken mag mee meest men miljard "
    "miljoen mij mijn minder moeten moest mogen naast nadat negen nee niemand niets nodig nooit nu of omdat "
    "onder ondanks ons onze opnieuw per pas rond samen sinds slechts sommige soms steeds straks tegenover "
    "terug terwijl tien toch toen tot totdat tussen twaalf twee tweede uw vaak vanaf vandaag vanuit vanwege "
    "veel veertien verder via vier vijf volgende volgens vooral voordat voorbij waar waarbij waarom waarvan "
    "wat weer weg welk welke werd werden weinig wie wij wilde willen wil word zal zeer zegt zei zelf zelfs zes "
    "zeven zich ziet zo zoals zoveel zonder zou zouden zowel",
    "sv": "alla allt alltid andra annan annat atta bada bakom bara bland blev bli borde bort bra bredvid da dar "
    "darfor deras dess dessa detta dig din dina ditt dock du eftersom egen elva ens era fa fanns far fast fem "
    "fick finns fjorton flera fler fore forsta fortfarande fram framfor fyra ga gang ganger gar ger genom gick "
    "gjorde gora gor gott ha hade haft halla hans hela heller hennes henne honom hos hundra igen ihop in infor "
    "inga ingen inget innan inom istallet ja jamfort ju kanske ken knappt kom komma kommer kring kunde kunna "
    "langt lange lite man manga medan mellan mera mest mig min mina mindre miljard miljarder miljon miljoner "
    "mitt mycket nagon nagot nagra nara nasta nastan ned nej ner nio nog nya ny nytt ocksa oss pga sade sager "
    "sedan sent sex sina sist sista sitt sju sjalv skulle sma snart stor stora stort sadan ta tar tidigare "
    "tills tillsammans tio tog tolv tre trots tusen tva upp ur utan utanfor utom vad vara varfor varit varje "
    "vars vart vem verkar via vidare vilka vilken vilket ville visst vore yngre an anda annu at ater",
    "da": "aldrig alene alle allerede alt altid anden andet andre ba bag bare begge bedre bedste blandt blive bort "
    "burde da deres der derfor dette dig din dine disse dit dog du efterfolgende egen ellers elleve end endda "
    "endnu eneste fa far fandt fem fik findes fire flere flest fleste forste forskellige fordi foran fremad "
    "gang gar gennem ger gik gjorde gor gore ham hans havde have heller helt hen hende hendes her hinanden hos "
    "hundrede hvad hvem hver hvilke hvilken hvis hvordan hvorfor hvornar idag igen igennem imellem imod ind "
    "inden indtil ingen intet ja jer jeres jo kom komme kommer kun kunne lang langs lidt lige ligger lille "
    "maske ma man mange medens meget mellem mens mest mig milliard milliarder million millioner min mindre "
    "mindst mine mit naeste naesten naar ned nej ni nogen noget nogle nok nummer nye ny ofte oppe op os otte "
    "overfor rundt samme sammen samt selv senere seks sidste siden siger sine sit sjaette skulle snart stadig "
    "stor store saedvanlig sadan tag tager tidligere tilbage ti to tolv tre trods tusind uden udenfor vaere "
    "vaeret via videre ville vores",
    "pl": "aby az albo ani bardziej bardzo bedac beda bedziemy blisko bo bowiem by byc byla bylo byly chce choc "
    "chociaz ci cie cos cztery czterech czyli dlaczego dlatego dobrze dopiero dosc dotychczas drugi druga dwa "
    "dwaj dwie dwoch dzieki dziesiec dziewiec dzis dzisiaj gdy gdyby gdyz gdzie gdzies go ich ile im inna inne "
    "inny innych ja jaka jaki jakie jakis je jeden jedna jednak jedno jemu jesli jestem jeszcze jezeli kazda "
    "kazdy kazde kiedy kilka kims kto ktore ktorego ktorej ktorych ktorym ku lat lecz lub ludzie maja mam mi "
    "miedzy mial miala miliard miliardow milion milionow miec mimo mna mnie moga mogl mogla moi moim moj moja "
    "moje mozna mu musi my nad nam nami nas nasz nasza nasze natomiast nawet nic nich niech nigdy nim nimi niz "
    "no nowe nowy obok okolo on ona one oni ono osiem oto owszem pan pani pewien piec pierwsza pierwszy "
    "podczas pomimo ponad poniewaz potem powinien powinna poza prawie przeciw przede przeciez przy raz razem "
    "rok sam sama sami siebie soba sobie swoj swoja swoje siedem skad sposob sto szesc ta tam tez temu teraz "
    "toba tobie tu tutaj twoj twoja twoje ty tych tym tysiac tysiace tysiecy trzeba trzy trzech wasz wedlug "
    "wiec wiecej wiele wielu wlasnie wobec wszyscy wszystkich wszystkie wszystko wtedy wy wam zaden zadna "
    "zadne zanim zapewne zas zawsze zeby zostal zostala zostaly znowu znow",
    "tr": "acaba alti altı ancak arasinda ardindan artik asla aslinda ayni az bana bazen bazi belki beni benim beri "
    "bes biri birkac bircok birlikte bizi bizim boyle boylece buna bunlar bunu bunun burada butun bin bile dan "
    "den dahi dair dogru dokuz dolayi dort edecek eden eder edildi edilen ediyor eger etmek etti evet fakat "
    "gene gerek hala halde hangi hani hatta hem henuz hep hepsi herhangi herkes hic icinden ikinci ilk ilgili "
    "iste itibaren kac karsi karsin katrilyon kendi kendine ki kim kimi kimse kirk milyar milyon mu mı nasil "
    "neden nedenle nerede nereye niye on ona onlar onlari onlarin onu onun otuz oysa oyle olacak oldugu olmak "
    "olmasi olmayan olsun olup olur ondan once otomatik ragmen sadece sana sanki seksen sekiz sen seni senin "
    "siz sizi sizin su suna sunu tarafindan trilyon tum uc uzere uzeri veya vb vs yani yapilan yapan yapmak "
    "yapti yedi yerine yetmis yine yirmi yoksa yuz yuzde zaten",
    "cs": "aj ani asi ackoliv behem beze budem budes budou bych byla byli bylo byly byt cca cela cely ci coz ctyri "
    "dalsi dale dal deset devet dnes dost dva dve dvou ho hodne ja jaka jake jaky jedna jeden jedno jeji "
    "jejich jemu jenom jestli jestlize jez ji jich jim jimi jina jine jiny jiz kam kazdy kde kdo kdy kdyz "
    "kolem kolik krome kterou ktere kteri kterych ku mam mate me mel mela meli mi mit mne mnou mnoho mohl "
    "mohou moje moji moc muj musi muze my nam nami nas nase nasi navic ne neb nebot neco nejsou nektere "
    "nekolik nemohou nemuze nen neni neprave nez nic nich nim nove novy ode on ona oni ono osm ostatni oproti "
    "pak pet pod pokud porad potom pouze prave prece prede pres presto proc proste proti proto protoze prvni "
    "pta pul rok roce roku sam sama sedm sest sice sobe spolu stale sto sve svuj svou svych svym ta tady take "
    "takze tam te ted tedy tem ten tento teto tim timto tisic tisice tohle toho tohoto tom tomto tomu tri tu "
    "tuto tvuj ty tyto uvnitr vam vas vase vedle velmi vice vlastne vsak vsech vsechno vsichni vsude vubec "
    "vuci vy vzdy zda zde zpet zatimco zrejme milion milionu miliard",
}
FUNCTION_WORDS: Mapping[str, frozenset[str]] = {
    language: frozenset(_MORE.get(language, "").split()) | words for language, words in STOP_WORDS.items()
}
# Of a title whose language is not known: English, which most feeds are in, and what several languages share, but for
# what names something in English.
_COUNTS = Counter(word for words in FUNCTION_WORDS.values() for word in words)
_THINGS = frozenset({"ai", "gore", "hans", "lang", "sam"})
_ANYWHERE = (FUNCTION_WORDS["en"] | {word for word, count in _COUNTS.items() if count > 1}) - _THINGS


def is_taste(word: str, language: str) -> bool:
    """Whether liking a word of a title says anything: no function word, no numeral, no single letter.

    Args:
        word: In the tokenizer's spelling.
        language: Of the title, ISO 639-1; "" if unknown.
    """
    if word.isnumeric() or (len(word) == 1 and word.isascii()):
        return False
    return word not in FUNCTION_WORDS.get(language, _ANYWHERE)
